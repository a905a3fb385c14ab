// WeChat has led its frame here; the window goes on in its place.
top.location.replace(document.getElementById("continue").href);
