// Sends a form with a file and shows how far it is. Whatever goes wrong, the page stays as it is,
// with the chosen file and all that was typed, so the same button tries again.
// Without this script the same form works by its button.

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const words = form.querySelector("[data-upload-words]");
  const file = form.elements.file.files[0];
  if (file && file.size > Number(form.dataset.limit)) {
    say(words, words.dataset.tooLarge, true);
    return;
  }
  const state = form.querySelector("[data-upload-state]");
  const bar = state.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  const ended = (text, offer) => {
    state.hidden = true;
    button.disabled = false;
    say(words, text, true, offer);
  };

  request.upload.addEventListener("progress", (step) => {
    const percent = Math.floor((100 * step.loaded) / step.total);
    bar.value = percent;
    say(words, words.dataset.sending.replace("{percent}", percent));
  });
  request.upload.addEventListener("load", () => say(words, words.dataset.checking));
  request.addEventListener("error", () => ended(words.dataset.cut));
  request.addEventListener("abort", () => ended(words.dataset.cut));
  request.addEventListener("load", () => {
    const answer = read(request.responseText);
    if (request.status === 200 && answer.location) {
      location.assign(answer.location);
    } else if (request.status === 401) {
      ended(words.dataset.signedOut);
    } else {
      ended(answer.message || words.dataset.cut, answer.offer);
    }
  });

  button.disabled = true;
  state.hidden = !file;
  say(words, "");
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function say(words, text, wrong = false, offer = null) {
  words.className = wrong ? "govuk-error-message" : "govuk-body";
  words.textContent = text;
  if (offer) {
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = offer.address;
    link.textContent = offer.words;
    words.append(" ", link);
  }
}
