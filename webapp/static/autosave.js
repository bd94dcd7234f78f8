// Saves a form while it is being typed in, and keeps every word until the server has it.
//
// Each change goes out as PATCH { base, key, fields }: the version it builds on, a key that
// makes a repeated request count once, and the fields that changed. What is not yet stored
// lies in this browser under the person and the page, and is sent again after a lost
// connection, an ended sign-in, a refused token, a restart of the server or a closed lid.
// Without this script the same form works by its button.

import { Clash, put } from "./clash.js";
import { Draft, draftsOf, forgetAll, fresh, remember } from "./drafts.js";

const PAUSE = 700;
const RETRY_FIRST = 2000;
const RETRY_LONGEST = 30000;
const LONGEST_ANSWER = 20000;
const LONGEST_FAREWELL = 3000;
// A request that outlives its page may have 64 KiB at most; a letter has up to three bytes.
const LONGEST_OUTLIVING = 16000;

const { person } = document.body.dataset;

class Autosave {
  constructor(form) {
    this.form = form;
    this.fields = form.dataset.fields.split(" ");
    // Not form.action: a field of that name would stand in its place.
    this.path = new URL(form.getAttribute("action"), location.href).pathname;
    this.base = Number(form.elements.base.value);
    this.line = form.querySelector("[data-state-line]");
    this.draft = new Draft(person);
    this.stored = this.values();
    this.kept = true;
    this.sending = null;
    this.blocked = false;
    this.earlier = [];
    this.wait = RETRY_FIRST;
    this.draft.hold();
    this.listen();
    this.takeAttempt();
  }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("online", () => this.again());
    addEventListener("focus", () => this.again());
    document.addEventListener("visibilitychange", () => this.again());
    addEventListener("beforeunload", (event) => {
      if (!this.kept) event.preventDefault();
    });
  }

  // The fields as they stand in the form; a group of radios without a choice says "".
  values() {
    const data = new FormData(this.form);
    return Object.fromEntries(
      this.fields.filter((name) => this.form.elements[name]).map((name) => [name, data.get(name) ?? ""]),
    );
  }

  // The fields that the server is not known to have as they are here.
  pending() {
    const changed = Object.entries(this.values()).filter(([name, value]) => !same(value, this.stored[name]));
    return changed.length ? Object.fromEntries(changed) : null;
  }

  // The button was used and the server could not store it: the page brings it back, unsaved.
  takeAttempt() {
    const { typed, typedBase } = this.form.dataset;
    if (!typed) return;
    for (const name of typed.split(" ")) delete this.stored[name];
    this.base = Number(typedBase);
    this.send();
  }

  // Text from an earlier visit that never arrived comes first, under its own key.
  takeUp(draft) {
    if (this.sending || this.dialogue || this.pending()) return this.earlier.push(draft);
    const { base, fields, sending } = draft.read();
    for (const [name, value] of Object.entries({ ...sending?.fields, ...fields })) {
      put(this.form, name, value);
    }
    this.sending = sending ?? null;
    // A version that this server never had, as it was brought back to an earlier day, is no base.
    if (!sending && this.pending()) this.base = Math.min(base, this.base);
    this.keep();
    draft.clear();
    if (!this.unsent()) return this.next();
    this.notSaved("unsaved");
    return this.send();
  }

  next() {
    const draft = this.earlier.shift();
    if (draft) this.takeUp(draft);
  }

  unsent() {
    return this.sending || this.pending();
  }

  keep() {
    if (this.unsent()) {
      const { path, base, sending } = this;
      this.kept = this.draft.write({ path, base, fields: this.pending() ?? {}, sending });
    } else {
      this.draft.clear();
      this.kept = true;
    }
  }

  changed() {
    this.blocked = false;
    this.keep();
    if (this.dialogue) return this.dialogue.draw();
    if (this.pending() && !this.sending) this.say("saving", this.line.dataset.changed);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
    return undefined;
  }

  // The button sends what is not stored yet by the same way, so that it cannot cross with it,
  // and goes on to the server's own answer once all is stored.
  submitted(event) {
    if (!this.unsent()) return;
    event.preventDefault();
    if (this.dialogue) {
      this.dialogue.focus();
      return;
    }
    this.blocked = false;
    this.onward = () => this.form.requestSubmit(event.submitter);
    this.send();
  }

  again() {
    if (!this.blocked && this.unsent()) return this.send();
    return undefined;
  }

  later(seconds = 0) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), Math.max(this.wait, seconds * 1000));
    this.wait = Math.min(this.wait * 2, RETRY_LONGEST);
  }

  send() {
    if (!this.busy && !this.dialogue && this.unsent()) this.busy = this.sendOnce();
    return this.busy;
  }

  async sendOnce() {
    clearTimeout(this.timer);
    // A repeated request leaves the line as it is: somebody may be at its link to the sign-in.
    if (!this.sending) this.say("saving", this.line.dataset.saving);
    this.sending ??= { base: this.base, key: fresh(), fields: this.pending() };
    this.keep();
    const answer = await patched(this.path, this.sending);
    this.busy = null;
    return this.take(answer);
  }

  take({ status, said, wait }) {
    if (status === 200) return this.confirmed(said);
    if (status === 409 && said?.reason === "stale") return this.clash(said.theirs, said.number, said.fields);
    if (status === 401 || said?.reason === "csrf") return this.renew();
    if (status >= 400 && status < 500 && status !== 429) return this.refused(said);
    this.notSaved(status ? "away" : "unsaved");
    return this.later(wait);
  }

  confirmed(said) {
    const sent = this.sending.fields;
    this.sending = null;
    this.wait = RETRY_FIRST;
    this.renewed = false;
    remember();
    const crossed = this.merge(said.fields, sent);
    if (crossed.length) return this.clash(said.fields, said.number, crossed);
    this.settled(said.number);
    if (this.pending()) return this.send();
    this.say("saved", `${this.line.dataset.saved} ${said.saved_at}`);
    this.next();
    if (this.onward && !this.unsent()) this.onward();
    return undefined;
  }

  // A colleague's change, merged by the server, appears in the form. Where something else was
  // typed over the same field meanwhile, the two have crossed.
  merge(fields, sent) {
    const now = this.values();
    const crossed = [];
    for (const [name, value] of Object.entries(fields)) {
      const known = sent[name] ?? this.stored[name];
      this.stored[name] = value;
      if (!(name in now) || same(value, known) || same(value, now[name])) continue;
      if (same(now[name], known)) put(this.form, name, value);
      else crossed.push(name);
    }
    return crossed;
  }

  settled(number) {
    this.base = number;
    this.form.elements.base.value = number;
    this.keep();
  }

  // A sign-in in another window has a new token, which any page of it tells. Text of one person
  // is never sent in the name of another.
  async renew() {
    const here = await whoIsHere();
    if (here?.person === person) {
      if (!this.renewed) {
        this.renewed = true;
        return this.send();
      }
      this.notSaved("away");
    } else if (here) {
      this.notSaved(here.person ? "otherPerson" : "signedOut", here.signIn);
    } else {
      this.notSaved("unsaved");
    }
    return this.later();
  }

  refused(said) {
    this.blocked = true;
    this.sending = null;
    this.onward = null;
    this.keep();
    this.say("unsaved", `${this.line.dataset.refused} ${said?.message ?? ""}`);
  }

  // The same field was changed elsewhere: show both, let the person choose. Until then the
  // draft keeps the version it builds on, so that a page opened again asks again.
  clash(theirs, number, found) {
    this.sending = null;
    this.onward = null;
    this.keep();
    this.say("unsaved", this.line.dataset.clash);
    const now = this.values();
    const fields = Object.keys(now).filter(
      (name) => found.includes(name) || this.differs(now[name], theirs[name], this.stored[name]),
    );
    // What was changed there and not here appears, and is not one's own to send back.
    for (const name of Object.keys(now).filter((one) => !fields.includes(one))) {
      if (!same(now[name], this.stored[name])) continue;
      put(this.form, name, theirs[name]);
      this.stored[name] = theirs[name];
    }
    this.dialogue = new Clash(this.form, theirs, fields, () => {
      this.dialogue = null;
      Object.assign(this.stored, theirs);
      this.settled(number);
      if (this.pending()) return this.send();
      this.say("saved", this.line.dataset.saved);
      return this.next();
    });
    this.dialogue.show(this.line);
  }

  differs(one, other, third) {
    return !same(one, other) && !same(one, third) && !same(other, third);
  }

  notSaved(why, signIn = "") {
    this.onward = null;
    const words = this.line.dataset;
    const news = this.say("unsaved", `${words[why]} ${this.kept ? words.kept : words.unkept}`);
    if (signIn && news) {
      const link = document.createElement("a");
      Object.assign(link, { className: "govuk-link", href: signIn, target: "_blank", textContent: words.signIn });
      this.line.append(" ", link);
    }
  }

  // Whether it is news; the same words are not said twice to whoever listens to this page.
  say(state, words) {
    if (words === this.said) return false;
    this.said = words;
    this.line.className = `app-state-line app-state-line--${state}`;
    this.line.textContent = words;
    return true;
  }
}

// A browser sends line ends as it likes; the server keeps "\n". What is not known is like nothing.
function same(one, other) {
  if (one === undefined || other === undefined) return false;
  return plain(one) === plain(other);
}

function plain(text) {
  return text.replaceAll("\r\n", "\n").normalize("NFC");
}

// Status 0 where there was no answer, or one of a stranger, such as the sign-in of a hotel.
async function patched(path, body) {
  const text = JSON.stringify(body);
  try {
    const answer = await fetch(path, {
      method: "PATCH",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.body.dataset.token,
      },
      body: text,
      keepalive: text.length < LONGEST_OUTLIVING,
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_ANSWER),
    });
    const said = await answer.json().catch(() => null);
    const status = answer.ok && !Number.isInteger(said?.number) ? 0 : answer.status;
    return { status, said, wait: Number(answer.headers.get("Retry-After")) || 0 };
  } catch {
    return { status: 0, said: null, wait: 0 };
  }
}

// Who is signed in in this browser now; their token is taken over where it is the same person.
// Null where there is no connection.
async function whoIsHere() {
  const options = { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(LONGEST_ANSWER) };
  try {
    const page = await fetch(location.href, options);
    const shown = new DOMParser().parseFromString(await page.text(), "text/html");
    const here = { person: shown.body.dataset.person ?? "", signIn: page.redirected ? page.url : "" };
    if (page.status >= 500) return null;
    if (here.person === person) {
      const { token } = shown.body.dataset;
      document.body.dataset.token = token;
      for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
    }
    return here;
  } catch {
    return null;
  }
}

const forms = [...document.querySelectorAll("form[data-autosave]")].map((form) => new Autosave(form));
sendLeftovers();

// What was typed on a page that is closed, and had not left by then, is sent from here; what
// belongs to a form of this page goes back into it.
async function sendLeftovers() {
  const own = new Set(forms.map((form) => form.draft.name));
  for (const draft of draftsOf(person).filter((one) => !own.has(one.name))) {
    if (!(await draft.hold())) continue;
    const form = forms.find((one) => one.path === draft.read()?.path);
    if (form) form.takeUp(draft);
    else if (draft.read()) await sendLeftover(draft);
  }
}

async function sendLeftover(draft) {
  const { path, base, fields, sending } = draft.read();
  const first = sending ?? { base, key: fresh(), fields };
  draft.write({ path, base, fields, sending: first });
  const { status, said } = await patched(path, first);
  if (status !== 200) {
    if (status >= 400 && status < 500 && status !== 401 && status !== 429) showLeftover(draft);
    return;
  }
  const rest = Object.entries(fields).filter(([name, text]) => !same(text, first.fields[name]));
  if (!rest.length) {
    draft.clear();
    return;
  }
  // If somebody else was in between, the rest has to be held against what they wrote.
  const alone = said.number <= first.base + 1;
  const next = alone ? said.number : first.base;
  draft.write({ path, base: next, fields: Object.fromEntries(rest), sending: null });
  await sendLeftover(draft);
}

// What the server refuses is shown, with the way to its page: it may be closed to changes now.
function showLeftover(draft) {
  const place = document.querySelector("[data-leftovers]");
  const item = document.getElementById("leftover-template").content.firstElementChild.cloneNode(true);
  const { path, fields, sending } = draft.read();
  const link = item.querySelector("a");
  link.href = path;
  link.textContent = decodeURIComponent(path);
  item.querySelector("[data-text]").textContent = Object.values({ ...sending?.fields, ...fields }).join("\n\n");
  item.querySelector("button").addEventListener("click", () => {
    draft.clear();
    item.remove();
    place.hidden = !place.querySelector("[data-text]");
  });
  place.append(item);
  place.hidden = false;
}

// Signing out sends what is left, and leaves nothing of a person in this browser.
for (const form of document.querySelectorAll('form[action$="/sign-out"], form[action$="/sign-out-everywhere"]')) {
  form.addEventListener("submit", leave);
}

async function leave(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const sent = Promise.all(forms.map((one) => one.again()));
  await Promise.race([sent, new Promise((done) => setTimeout(done, LONGEST_FAREWELL))]);
  const left = forms.some((one) => one.unsent()) || draftsOf(person).length;
  if (left && !confirm(document.body.dataset.unsent)) return;
  forgetAll();
  for (const one of forms) one.kept = true;
  form.submit();
}

// A page that the back button brings back may be of somebody who has signed out since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
