"""What is published of the networks of the zoo: learned values, multiply-accumulates, and who says so."""

from __future__ import annotations

from typing import NamedTuple

from tests import derivations as by_hand


class Published(NamedTuple):
    """A network of the zoo: its file, its variant, and what its source says of it.

    `parameters` are those that are learned. `macs` is exact; `giga_macs` is rounded as its source gives it. What of
    the published network is left out here counts in `macs_left_out`. `derived` are the parameters worked out by hand.
    """

    file: str
    variant: str | None
    parameters: int
    source: str
    macs: int | None = None
    giga_macs: float | None = None
    macs_left_out: int = 0
    derived: int | None = None


TORCHVISION = "torchvision 0.28, models/: num_params of its weights, and _ops, giga multiply-accumulates"
LESS_AUXILIARY = f"{TORCHVISION}; less the auxiliary head, which is left out"
KERAS = "keras.applications 3.15, built and counted: the trainable weights"
KERAS_HUB = "keras_hub 0.32, models/*/*_presets.py: params"
TIMM = "timm 1.0.31, built and counted"
COUNTED = "none is published; worked out by hand"
UNET = "Ronneberger et al. (2015), figure 1; worked out by hand"
MTCNN = "Zhang et al. (2016), figure 2, with the maps of FaceNet's code; worked out by hand"
DCGAN = "summaries of PyTorch's DCGAN example, as people print them; worked out by hand"

TWO_CONV = by_hand.convs(9, 1, 10, 10) + by_hand.dense(5760, 3)

PUBLISHED = [
    Published(
        "one_conv",
        None,
        20_383,
        COUNTED,
        macs=26 * 26 * 90 + 6760 * 3,
        derived=by_hand.conv(9, 1, 10) + by_hand.dense(6760, 3),
    ),
    Published(
        "two_conv",
        None,
        18_293,
        COUNTED,
        macs=596_520,
        derived=TWO_CONV,
    ),
    Published("deep_conv", None, 18_293, COUNTED, macs=596_520, derived=TWO_CONV),
    Published("deep_conv", "deep", 10_793, COUNTED, derived=by_hand.convs(9, 1, *[10] * 8) + by_hand.dense(1440, 3)),
    Published("deep_conv", "wide", 148_163, COUNTED, derived=by_hand.convs(9, 1, 64, 64) + by_hand.dense(36_864, 3)),
    Published("lenet5", None, 61_706, "LeCun et al. (1998), figure 2; worked out by hand", derived=by_hand.lenet5()),
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
    Published(
        "googlenet",
        None,
        6_998_552,
        "Szegedy et al. (2014), table 1, which rounds without the biases; worked out by hand",
        macs=1_582_671_872,
        derived=by_hand.googlenet(),
    ),
    Published("inception_v3", None, 27_161_264 - 3_326_696, LESS_AUXILIARY, giga_macs=5.713),
    Published("xception", None, 22_855_952, f"Chollet (2016), table 3; {KERAS}"),
    Published("nasnet_mobile", None, 5_289_978, f"{KERAS}; Zoph et al. (2017), table 3: 564 million", giga_macs=0.564),
    Published("mobilenet_v1", None, 4_231_976, f"{KERAS}; Howard et al. (2017), table 4: 569 million", giga_macs=0.569),
    Published(
        "mobilenet_v1", "half", 1_331_592, f"{KERAS}; Howard et al. (2017), table 6: 149 million", giga_macs=0.149
    ),
    Published(
        "mobilenet_v1", "quarter", 470_072, f"{KERAS}; Howard et al. (2017), table 6: 41 million", giga_macs=0.041
    ),
    Published("mobilenet_v2", None, 3_504_872, TORCHVISION, giga_macs=0.301),
    Published("mobilenet_v2", "half", 1_968_680, f"{KERAS}, whose table says 97 million", giga_macs=0.097),
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
        16_566_364,
        COUNTED,
        macs=400 * 4 * 1_536 * 1_024 + 30_720 + 60,
        derived=by_hand.lstm_classifier(20_000, 512),
    ),
    Published(
        "siamese",
        None,
        38_951_745,
        "Sunny et al. (2021, CrossLight), table 1, of Koch et al. (2015), figure 4; worked out by hand",
        derived=by_hand.siamese(),
    ),
    Published(
        "tcn",
        None,
        66_510,
        "Bai et al. (2018), table 1, has about 70 thousand; worked out by hand",
        derived=by_hand.tcn(25, 8, 7, 10),
    ),
    Published(
        "wavenet",
        None,
        1_283_776,
        COUNTED,
        macs=16_000 * (2 * 256 * 64 + 30 * (2 * 2 * 64 * 64 + 64 * 64 + 64 * 256) + 2 * 256 * 256),
        derived=by_hand.wavenet(256, 64, 256, 30),
    ),
    Published("bigru_tagger", None, 1_733_817, COUNTED, derived=by_hand.bigru_tagger(10_000, 300, 17)),
    Published("unet", None, 31_031_745, f"{UNET}, for 3 channels in and 1 out", derived=by_hand.unet(64, 4, 3, 1)),
    Published("unet", "thin", 7_760_097, f"{UNET}, with half the channels", derived=by_hand.unet(32, 4, 3, 1)),
    Published(
        "unet",
        "small",
        482_033,
        f"{UNET}, with a quarter of the channels, three levels",
        derived=by_hand.unet(16, 3, 3, 1),
    ),
    Published("unet_original", None, 31_030_658, UNET, derived=by_hand.unet(64, 4, 1, 2)),
    Published("unet3d", None, 19_069_955, "Cicek et al. (2016), section 2", derived=by_hand.unet3d()),
    Published(
        "segnet",
        None,
        29_449_355,
        "Badrinarayanan et al. (2015), section 3, on the convolutions of VGG16; worked out by hand",
        derived=by_hand.segnet(),
    ),
    Published(
        "fcn_resnet50",
        None,
        35_322_218 - 2_365_205,
        LESS_AUXILIARY,
        giga_macs=152.717,
        macs_left_out=(256 * 1024 * 9 + 21 * 256) * 65 * 65,
    ),
    Published(
        "fcn_resnet50",
        "fcn_resnet101",
        54_314_346 - 2_365_205,
        LESS_AUXILIARY,
        giga_macs=232.738,
        macs_left_out=(256 * 1024 * 9 + 21 * 256) * 65 * 65,
    ),
    Published(
        "fcn", None, 134_489_759, "Long et al. (2014), figure 3; worked out by hand", derived=by_hand.fcn8s(classes=21)
    ),
    Published(
        "c3d", None, 79_991_015, "Tran et al. (2014), figure 3; worked out by hand", derived=by_hand.c3d(classes=487)
    ),
    Published(
        "lrcn",
        None,
        44_705_957,
        "Donahue et al. (2015), section 4, on AlexNet; worked out by hand",
        derived=by_hand.lrcn(classes=101),
    ),
    Published("video_resnet", "r3d_18", 33_371_472, TORCHVISION, giga_macs=40.697),
    Published("video_resnet", "mc3_18", 11_695_440, TORCHVISION, giga_macs=43.343),
    Published("r2plus1d_18", None, 31_505_325, TORCHVISION, giga_macs=40.519),
    Published(
        "autoencoder",
        None,
        2_837_314,
        "Hinton and Salakhutdinov (2006), 784-1000-500-250-30 and back; worked out by hand",
        macs=2_833_000,
        derived=by_hand.dense(784, 1000, 500, 250, 30, 250, 500, 1000, 784),
    ),
    Published("dcgan_generator", None, 3_576_704, DCGAN, derived=by_hand.dcgan_generator(64, 3)),
    Published("dcgan_discriminator", None, 2_765_568, DCGAN, derived=by_hand.dcgan_discriminator(64, 3)),
    Published("mtcnn_pnet", None, 6_632, MTCNN, derived=by_hand.pnet()),
    Published("mtcnn_rnet", None, 100_178, MTCNN, derived=by_hand.rnet()),
    Published("mtcnn_onet", None, 389_040, MTCNN, derived=by_hand.onet()),
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
    Published("mlp_mixer", None, 59_880_472, f"{TIMM}: mixer_b16_224", derived=by_hand.mixer(768, 12, 384, 3072)),
    Published("bert", "bert_base", 109_482_240, f"{KERAS_HUB} of bert_base_en_uncased", derived=by_hand.bert(768, 12)),
    Published(
        "bert", "bert_large", 335_141_888, f"{KERAS_HUB} of bert_large_en_uncased", derived=by_hand.bert(1024, 24)
    ),
    Published("gpt2", "gpt2_small", 124_439_808, f"{KERAS_HUB} of gpt2_base_en", derived=by_hand.gpt2(768, 12)),
    Published("gpt2", "gpt2_medium", 354_823_168, f"{KERAS_HUB} of gpt2_medium_en", derived=by_hand.gpt2(1024, 24)),
]
"""Every network of the zoo with every variant, but for a file without a variant that is one of its variants."""
