"""What is published of the networks of the zoo: learned values, multiply-accumulates, and who says so."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """A network of the zoo: its file, its variant, and what its source says of it.

    `parameters` are those that are learned. `macs` is exact; `giga_macs` is rounded as its source gives it.
    """

    file: str
    variant: str | None
    parameters: int
    source: str
    macs: int | None = None
    giga_macs: float | None = None


TORCHVISION = "torchvision's table of weights: parameters, and GFLOPS, which are multiply-accumulates"
KERAS = "keras.applications: count_params of the trainable weights"
HUGGING_FACE = "the weights published on Hugging Face as"
COUNTED = "the sum over its layers of kernel x kernel x channels x filters + filters"
WITHOUT_AUXILIARY = "torchvision's table, less the auxiliary head, which is left out"
FACENET = "the weights of FaceNet's MTCNN, counted: 6,632, 100,178 and 389,040"

PUBLISHED = [
    Published("one_conv", None, 20_383, COUNTED, macs=26 * 26 * 90 + 6760 * 3),
    Published("two_conv", None, 18_293, COUNTED, macs=596_520),
    Published("deep_conv", None, 18_293, COUNTED, macs=596_520),
    Published("deep_conv", "deep", 100 + 7 * 910 + 12 * 12 * 10 * 3 + 3, COUNTED),
    Published("deep_conv", "wide", 640 + 36_928 + 36_864 * 3 + 3, COUNTED),
    Published(
        "lenet5", None, 61_706, "LeCun et al. (1998), with C3 and the pools as today: 156+2,416+48,120+10,164+850"
    ),
    Published("alexnet", None, 61_100_840, TORCHVISION, giga_macs=0.714),
    Published("vgg", "vgg11", 132_863_336, TORCHVISION, giga_macs=7.609),
    Published("vgg", "vgg13", 133_047_848, TORCHVISION, giga_macs=11.308),
    Published("vgg", "vgg16", 138_357_544, TORCHVISION, giga_macs=15.47),
    Published("vgg", "vgg19", 143_667_240, TORCHVISION, giga_macs=19.632),
    Published("vgg", "vgg16_bn", 138_365_992, TORCHVISION, giga_macs=15.47),
    Published("resnet", "resnet18", 11_689_512, TORCHVISION, giga_macs=1.814),
    Published("resnet", "resnet34", 21_797_672, TORCHVISION, giga_macs=3.664),
    Published("resnet", "resnet50", 25_557_032, TORCHVISION, giga_macs=4.089),
    Published("resnet", "resnet101", 44_549_160, TORCHVISION, giga_macs=7.801),
    Published("resnet", "resnet152", 60_192_808, TORCHVISION, giga_macs=11.514),
    Published("resnext", "resnext50_32x4d", 25_028_904, TORCHVISION, giga_macs=4.23),
    Published("resnext", "resnext101_32x8d", 88_791_336, TORCHVISION, giga_macs=16.414),
    Published("resnext", "resnext101_64x4d", 83_455_272, TORCHVISION, giga_macs=15.46),
    Published("resnext", "wide_resnet50_2", 68_883_240, TORCHVISION, giga_macs=11.398),
    Published("resnext", "wide_resnet101_2", 126_886_696, TORCHVISION, giga_macs=22.753),
    Published("densenet", "densenet121", 7_978_856, TORCHVISION, giga_macs=2.834),
    Published("densenet", "densenet161", 28_681_000, TORCHVISION, giga_macs=7.728),
    Published("densenet", "densenet169", 14_149_480, TORCHVISION, giga_macs=3.36),
    Published("densenet", "densenet201", 20_013_928, TORCHVISION, giga_macs=4.291),
    Published("squeezenet1_1", None, 1_235_496, TORCHVISION, giga_macs=0.349),
    Published("googlenet", None, 6_998_552, "Szegedy et al. (2014), table 1, with the biases", macs=1_582_671_872),
    # 27,161,264 with the auxiliary head, whose convolutions, norms and dense layer hold 3,326,696.
    Published("inception_v3", None, 27_161_264 - 3_326_696, WITHOUT_AUXILIARY, giga_macs=5.713),
    Published("xception", None, 22_855_952, KERAS),
    Published("mobilenet_v1", None, 4_231_976, f"{KERAS}; 569 million in the paper", macs=568_740_352),
    Published("mobilenet_v1", "half", 1_331_592, KERAS),
    Published("mobilenet_v1", "quarter", 470_072, KERAS),
    Published("mobilenet_v2", None, 3_504_872, TORCHVISION, giga_macs=0.301),
    Published("mobilenet_v2", "half", 1_968_680, KERAS),
    Published("mobilenet_v3_large", None, 5_483_032, TORCHVISION, giga_macs=0.217),
    Published("mobilenet_v3_small", None, 2_542_856, TORCHVISION, giga_macs=0.057),
    Published("shufflenet_v2", "x0_5", 1_366_792, TORCHVISION, giga_macs=0.04),
    Published("shufflenet_v2", "x1_0", 2_278_604, TORCHVISION, giga_macs=0.145),
    Published("shufflenet_v2", "x1_5", 3_503_624, TORCHVISION, giga_macs=0.296),
    Published("shufflenet_v2", "x2_0", 7_393_996, TORCHVISION, giga_macs=0.583),
    Published("mnasnet", "mnasnet0_5", 2_218_512, TORCHVISION, giga_macs=0.104),
    Published("mnasnet", "mnasnet0_75", 3_170_208, TORCHVISION, giga_macs=0.215),
    Published("mnasnet", "mnasnet1_0", 4_383_312, TORCHVISION, giga_macs=0.314),
    Published("mnasnet", "mnasnet1_3", 6_282_256, TORCHVISION, giga_macs=0.526),
    Published("efficientnet", "b0", 5_288_548, TORCHVISION, giga_macs=0.386),
    Published("efficientnet", "b1", 7_794_184, TORCHVISION, giga_macs=0.687),
    Published("efficientnet", "b2", 9_109_994, TORCHVISION, giga_macs=1.088),
    Published("efficientnet", "b3", 12_233_232, TORCHVISION, giga_macs=1.827),
    Published("efficientnet", "b4", 19_341_616, TORCHVISION, giga_macs=4.394),
    Published("efficientnet", "b5", 30_389_784, TORCHVISION, giga_macs=10.266),
    Published("efficientnet", "b6", 43_040_704, TORCHVISION, giga_macs=19.068),
    Published("efficientnet", "b7", 66_347_960, TORCHVISION, giga_macs=37.746),
    Published("efficientnet_v2", "s", 21_458_488, TORCHVISION, giga_macs=8.366),
    Published("efficientnet_v2", "m", 54_139_356, TORCHVISION, giga_macs=24.582),
    Published("efficientnet_v2", "l", 118_515_272, TORCHVISION, giga_macs=56.08),
    Published("regnet", "x_400mf", 5_495_976, TORCHVISION, giga_macs=0.414),
    Published("regnet", "x_800mf", 7_259_656, TORCHVISION, giga_macs=0.8),
    Published("regnet", "x_1_6gf", 9_190_136, TORCHVISION, giga_macs=1.603),
    Published("regnet", "x_3_2gf", 15_296_552, TORCHVISION, giga_macs=3.177),
    Published("regnet", "x_8gf", 39_572_648, TORCHVISION, giga_macs=7.995),
    Published("regnet", "y_400mf", 4_344_144, TORCHVISION, giga_macs=0.402),
    Published("regnet", "y_800mf", 6_432_512, TORCHVISION, giga_macs=0.834),
    Published("regnet", "y_1_6gf", 11_202_430, TORCHVISION, giga_macs=1.612),
    Published("regnet", "y_3_2gf", 19_436_338, TORCHVISION, giga_macs=3.176),
    Published("regnet", "y_8gf", 39_381_472, TORCHVISION, giga_macs=8.473),
    Published(
        "lstm_classifier",
        None,
        10_240_000 + 6_295_552 + 30_750 + 62,
        "20,000 x 512, 4 x (512 + 1,024 + 1) x 1,024, and two dense layers",
        macs=400 * 4 * 1_536 * 1_024 + 30_720 + 60,
    ),
    Published(
        "siamese",
        None,
        6_464 + 401_536 + 262_272 + 524_544 + 37_752_832 + 4_097,
        "Koch et al. (2015), figure 4: one tower's layers, counted once, and one weight for each of 4,096 distances",
    ),
    Published(
        "tcn",
        None,
        200 + 50 + 4_400 + 7 * 8_800 + 260,
        "Bai et al. (2018), 8 levels of two convolutions of 7 x 25 x 25 + 25: 66 thousand, told as 70",
    ),
    # Thirty layers of two gates, what goes on and what skips, for 64 channels that go on and 256 that skip; all biased.
    Published(
        "wavenet",
        None,
        2 * 256 * 64 + 64 + 30 * (2 * (2 * 64 + 1) * 64 + (64 + 1) * 64 + (64 + 1) * 256) + 2 * (256 + 1) * 256,
        "van den Oord et al. (2016), figure 4, with three cycles of dilations from 1 to 512, counted",
        macs=16_000 * (2 * 256 * 64 + 30 * (2 * 2 * 64 * 64 + 64 * 64 + 64 * 256) + 2 * 256 * 256),
    ),
    Published("bigru_tagger", None, 1_000_000 + 2 * 3 * 300 * 402 + 17 * 601, "10,000 x 100, two GRUs of 300, 17 tags"),
    Published("unet", None, 31_031_745, "Ronneberger et al. (2015), figure 1, for 3 channels in and 1 out"),
    Published("unet", "thin", 7_760_097, "the same with half the channels"),
    Published("unet", "small", 482_033, "the same with a quarter of the channels, and three levels"),
    Published("unet_original", None, 31_030_658, "Ronneberger et al. (2015), figure 1, as it stands, counted"),
    Published("unet3d", None, 19_069_955, "Cicek et al. (2016), section 2.1; norms without weights, as in Caffe"),
    # 35,322,218 and 54,314,346 with the auxiliary head of 2,365,205; the multiply-accumulates are 152.717 G with it.
    Published(
        "fcn_resnet50",
        None,
        35_322_218 - 2_365_205,
        WITHOUT_AUXILIARY,
        macs=152_716_512_000 - (256 * 1024 * 9 + 21 * 256) * 65 * 65,
    ),
    Published("fcn_resnet50", "fcn_resnet101", 54_314_346 - 2_365_205, WITHOUT_AUXILIARY),
    # VGG16's convolutions, then fc6, fc7, three maps of scores, and three transposed convolutions without biases.
    Published("fcn", None, 14_714_688 + 102_764_544 + 16_781_312 + 86_037 + 10_773 + 5_397 + 127_008, COUNTED),
    Published("c3d", None, 79_991_015, "Tran et al. (2014), figure 3, for the classes of Sports-1M, counted"),
    Published("r3d_18", None, 33_371_472, TORCHVISION, giga_macs=40.697),
    Published("autoencoder", None, 2_837_314, "784-1000-500-250-30 and back: 1,418,280 + 1,419,034", macs=2_833_000),
    Published("dcgan_generator", None, 3_576_704, "the generator of PyTorch's DCGAN example, counted"),
    Published("dcgan_discriminator", None, 2_765_568, "the discriminator of PyTorch's DCGAN example, counted"),
    Published("mtcnn_pnet", None, 6_632, FACENET),
    Published("mtcnn_rnet", None, 100_178, FACENET),
    Published("mtcnn_onet", None, 389_040, FACENET),
    Published("vit", "vit_b_16", 86_567_656, TORCHVISION, giga_macs=17.564),
    Published("vit", "vit_b_32", 88_224_232, TORCHVISION, giga_macs=4.409),
    Published("vit", "vit_l_16", 304_326_632, TORCHVISION, giga_macs=61.555),
    Published("convnext", "convnext_tiny", 28_589_128, TORCHVISION, giga_macs=4.456),
    Published("convnext", "convnext_small", 50_223_688, TORCHVISION, giga_macs=8.684),
    Published("convnext", "convnext_base", 88_591_464, TORCHVISION, giga_macs=15.355),
    Published("convnext", "convnext_large", 197_767_336, TORCHVISION, giga_macs=34.361),
    Published("swin", "swin_t", 28_288_354, TORCHVISION, giga_macs=4.491),
    Published("swin", "swin_s", 49_606_258, TORCHVISION, giga_macs=8.741),
    Published("swin", "swin_b", 87_768_224, TORCHVISION, giga_macs=15.431),
    Published("mlp_mixer", None, 59_880_472, "mixer_b16_224 of timm, the weights of the paper's authors"),
    Published("bert", "bert_base", 109_482_240, f"{HUGGING_FACE} bert-base-uncased, without its heads"),
    Published("bert", "bert_large", 335_141_888, f"{HUGGING_FACE} bert-large-uncased, without its heads"),
    Published("gpt2", "gpt2_small", 124_439_808, f"{HUGGING_FACE} gpt2, whose head has the embedding's weights"),
    Published("gpt2", "gpt2_medium", 354_823_168, f"{HUGGING_FACE} gpt2-medium, whose head has the embedding's"),
]
"""Every network of the zoo with every variant, but for a file without a variant that is one of its variants."""
