// While a file is being made, looks every three seconds how far it is. A hidden tab does not look;
// without this script the link "Look again" does the same.

const EVERY = 3000;

async function look() {
  const shown = document.querySelector("#printouts[data-on-the-way]");
  if (!shown) return;
  if (!document.hidden) await renew(shown);
  setTimeout(look, EVERY);
}

async function renew(shown) {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.querySelector("#printouts");
    if (!there || there.innerHTML === shown.innerHTML) return;
    const held = shown.contains(document.activeElement) ? document.activeElement.id : "";
    shown.replaceWith(there);
    if (held) document.getElementById(held)?.focus();
  } catch {
    // No connection: the next look tries again.
  }
}

setTimeout(look, EVERY);
