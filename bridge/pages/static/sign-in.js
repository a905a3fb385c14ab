// Two comforts, without which the page works as well. In words that old web views know.
(function () {
  // What is no longer good does not stay there to be scanned in vain.
  var refresh = document.getElementById("refresh");
  var end = Date.now() + 1000 * Number(refresh.getAttribute("data-after"));
  function look() {
    if (Date.now() < end) {
      return;
    }
    var expiring = document.querySelectorAll("[data-expires]");
    for (var i = 0; i < expiring.length; i++) {
      expiring[i].hidden = true;
    }
    document.getElementById("expired").hidden = false;
  }
  // A device that slept has not counted; the page that wakes looks at the clock.
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);

  var copying = document.getElementById("copying");
  if (!copying || !navigator.clipboard) {
    return;
  }
  copying.hidden = false;
  document.getElementById("copy").addEventListener("click", function () {
    navigator.clipboard.writeText(document.getElementById("start").textContent).then(function () {
      var copied = document.getElementById("copied");
      copied.textContent = copied.getAttribute("data-text");
    });
  });
})();
