// Texts that the server does not have yet, kept in this browser: one entry for each open page,
// so that two windows of one person do not write over each other.

const PREFIX = "cityreview:";
const FAREWELL = `${PREFIX}signed-out`;
const PATIENCE = 500;

let signedOut = false;
addEventListener("storage", (event) => {
  if (event.key === FAREWELL && event.newValue) signedOut = true;
});

// crypto.randomUUID is missing where a page came by plain HTTP, as in a local network.
export function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Draft {
  constructor(person, name = `${PREFIX}${person}:${fresh()}`) {
    this.name = name;
  }

  // { path, base, fields, sending, at }, or null where there is nothing.
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.name));
    } catch {
      return null;
    }
  }

  // Whether this browser keeps it: a store may be full or forbidden, and is closed after sign-out.
  write(content) {
    if (signedOut) return false;
    try {
      localStorage.setItem(this.name, JSON.stringify({ ...content, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.name);
    } catch {
      // A forbidden store holds nothing.
    }
  }

  // True once no other open page holds it; the lock lasts as long as this page.
  // Without HTTPS there are no locks: then what is there is taken.
  hold() {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((done) => {
      const held = () => {
        done(true);
        return new Promise(() => {});
      };
      navigator.locks
        .request(this.name, { signal: AbortSignal.timeout(PATIENCE) }, held)
        .catch(() => done(false));
    });
  }
}

// What a person typed and the server has not confirmed, the oldest first.
export function draftsOf(person) {
  return names()
    .filter((name) => name.startsWith(`${PREFIX}${person}:`))
    .map((name) => new Draft(person, name))
    .filter((draft) => draft.read())
    .sort((one, other) => one.read().at - other.read().at);
}

// After sign-out this browser keeps nothing, and no other window of it writes anything more.
export function forgetAll() {
  signedOut = true;
  try {
    localStorage.setItem(FAREWELL, String(Date.now()));
  } catch {
    // A full store: there is no room to tell other windows in.
  }
  for (const name of names()) localStorage.removeItem(name);
}

// What was typed is kept again, once the server has taken something.
export function remember() {
  signedOut = false;
}

function names() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}
