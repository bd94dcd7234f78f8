// What every page runs: the library's components, and a mark that scripts work here.
import { initAll } from "./built/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();

// Signing out leaves nothing of a person in this browser.
for (const form of document.querySelectorAll('form[action$="/sign-out"], form[action$="/sign-out-everywhere"]')) {
  form.addEventListener("submit", () => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("cityreview:")) localStorage.removeItem(name);
    }
  });
}
