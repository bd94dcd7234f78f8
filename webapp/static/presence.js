// Says every twenty seconds that this page is being looked at, and shows who else is on it.
// A hidden tab says nothing; without this script the line stays as it was when the page came.

const EVERY = 20000;
const line = document.querySelector("[data-presence]");

async function beat() {
  if (document.hidden) return;
  try {
    const answer = await fetch(line.dataset.presence, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.body.dataset.token,
      },
      body: "{}",
    });
    if (!answer.ok) return;
    const { words } = await answer.json();
    // The same words are not said twice to whoever listens to this page.
    if (line.textContent !== words) line.textContent = words;
  } catch {
    // No connection: the next beat tries again.
  }
}

if (line) {
  beat();
  setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", beat);
}
