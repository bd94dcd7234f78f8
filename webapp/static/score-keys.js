// Single keys on the page of one statement, for whoever switches them on: a digit chooses that
// level, n and p go to the next statement and the one before, o to the next that is open.
// They do nothing while a field has the focus. This browser remembers the switch.

const KEPT = "cityreview single keys";
const panel = document.querySelector("[data-keys]");
const LEADS = { n: "a[rel=next]", p: "a[rel=prev]", o: "[data-next-open]" };

if (panel) start(panel.querySelector("input"));

function start(wanted) {
  panel.hidden = false;
  wanted.checked = remembered();
  wanted.addEventListener("change", () => remember(wanted.checked));
  document.addEventListener("keydown", (event) => {
    if (wanted.checked && isPlain(event) && !inField(wanted)) pressed(event);
  });
}

function pressed(event) {
  const link = LEADS[event.key] && document.querySelector(LEADS[event.key]);
  const level = /^[0-9]$/.test(event.key) && document.querySelector(`input[name=mark][value="${event.key}"]`);
  if (!link && !level) return;
  event.preventDefault();
  if (link) {
    link.click();
  } else {
    level.checked = true;
    level.dispatchEvent(new Event("change", { bubbles: true }));
    level.closest(".app-scale__row").scrollIntoView({ block: "nearest" });
  }
}

function isPlain(event) {
  return !(event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing);
}

// The switch itself is no field to type in: after it is ticked, the keys work.
function inField(wanted) {
  const here = document.activeElement;
  return here !== wanted && here.matches("input, textarea, select, [contenteditable]");
}

function remembered() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false;
  }
}

function remember(on) {
  try {
    if (on) localStorage.setItem(KEPT, "on");
    else localStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing asks again on the next page.
  }
}
