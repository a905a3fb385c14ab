"""User agents as they have been seen, by whose they are."""

_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) "
)
_ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP3A.241105.008; wv) AppleWebKit/537.36"
    " (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 "
)
_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/132.0.0.0 Safari/537.36 "
)
_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/132.0.0.0 Safari/537.36 "
)
_WEIXIN = (
    "XWEB/1160117 MMWEBSDK/20240801 MMWEBID/1136 MicroMessenger/8.0.51.2702(0x28003342)"
    " WeChat/arm64 Weixin GPVersion/1 NetType/WIFI Language/zh_CN ABI/arm64"
)

IPHONE_WECHAT = (
    _IPHONE + "Mobile/15E148 MicroMessenger/8.0.76(0x18004c24) NetType/WIFI Language/zh_CN"
)
ANDROID_WECHAT = _ANDROID + _WEIXIN
# Before XWEB, with the engine X5
ANDROID_WECHAT_X5 = (
    "Mozilla/5.0 (Linux; Android 10; WLZ-AL10 Build/HUAWEIWLZ-AL10; wv) AppleWebKit/537.36"
    " (KHTML, like Gecko) Version/4.0 Chrome/77.0.3865.120 MQQBrowser/6.2 TBS/045513 Mobile"
    " Safari/537.36 MMWEBID/4985 MicroMessenger/7.0.22.1820(0x2700163B) Process/tools WeChat/arm64"
    " Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
WINDOWS_WECHAT = (
    _WINDOWS + "NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13)"
    " UnifiedPCWindowsWechat(0xf2541022) XWEB/16467 Flue"
)
MAC_WECHAT = (
    _MAC + "NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) MacWechat/3.8.7(0x13080712)"
    " UnifiedPCMacWechat(0xf26411f0) XWEB/16512 Flue"
)
# Which says Windows as well
OLD_MAC_WECHAT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " MicroMessenger/6.8.0(0x16080000) MacWechat/3.0.1(0x13000110) NetType/WIFI WindowsWechat"
)

IPHONE_MINI_PROGRAM = IPHONE_WECHAT + " miniProgram/wx2c1c63e28bb33be1"
ANDROID_MINI_PROGRAM = ANDROID_WECHAT + " miniProgram/wx43aab19a93a3a6f2"
WINDOWS_MINI_PROGRAM = (
    _WINDOWS + "MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows"
    " WindowsWechat/WMPF WindowsWechat(0x63090a13) XWEB/9129"
)
MAC_MINI_PROGRAM = (
    _MAC + "MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Mac MacWechat/WMPF"
    " MacWechat/3.8.7(0x13080712) UnifiedPCMacWechat(0xf2641b50) XWEB/20008"
)

IPHONE_WECOM = (
    _IPHONE + " Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh ColorScheme/Light"
)
ANDROID_WECOM = (
    "Mozilla/5.0 (Linux; Android 9.0; BKL-AL20 Build/HUAWEIBKL-AL20; wv) AppleWebKit/537.36"
    " (KHTML, like Gecko) Version/4.0 Chrome/57.0.2987.132 MQQBrowser/6.2 TBS/044409 Mobile"
    " Safari/537.36 wxwork/2.7.2 MicroMessenger/6.3.22 NetType/WIFI Language/zh"
)
WINDOWS_WECOM = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/107.0.5304.110 Safari/537.36 Language/zh wxwork/4.1.10 (MicroMessenger/6.2)"
    " WindowsWechat  MailPlugin_Electron WeMail embeddisk"
)

IPHONE_SAFARI = _IPHONE + "Version/17.2 Mobile/15E148 Safari/604.1"
ANDROID_CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Mobile Safari/537.36"
)
HARMONY = (
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile"
)
IPAD_AS_BEFORE_2019 = (
    "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/12.1.2 Mobile/15E148 Safari/604.1"
)
# Since iPadOS 13 it says that it is a Mac
IPAD_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.2 Safari/605.1.15"
)
ANDROID_TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
DESKTOP_CHROME = _WINDOWS.strip()
DESKTOP_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
