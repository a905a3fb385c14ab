// Goes on once every app's page is loaded, and after a while in any case.
// In words that every browser knows, also those that programs look through.
var onward = document.getElementById("continue").href;
function go() {
  location.replace(onward);
}
addEventListener("load", go);
setTimeout(go, 4000);
