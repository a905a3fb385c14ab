// WeChat's own browser has been seen to go to the callback two times:
// https://github.com/chanxuehong/wechat/issues/226
const link = document.getElementById("go-on");
location.replace(link.dataset.first);
setTimeout(() => location.replace(link.href), 50);
