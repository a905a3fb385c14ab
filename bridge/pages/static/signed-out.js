// Goes on once every app's page is loaded, and after a while in any case.
const onward = document.getElementById("continue").href;
const go = () => location.replace(onward);
addEventListener("load", go);
setTimeout(go, 4000);
