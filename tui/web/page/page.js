// Says when what stands on the page is not true any more, and connects a dashboard again by itself.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const isDash = location.pathname === "/";
  let lostAt = null;

  function say(text) {
    document.getElementById("why").textContent = text;
    document.body.classList.add("-gone");
  }

  function lost(why) {
    lostAt = lostAt || new Date();
    say(`${why} since ${lostAt.toTimeString().slice(0, 8)}`);
  }

  async function look() {
    const isClosed = document.body.classList.contains("-closed");
    try {
      const answer = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
      if (answer.status === 403) {
        say("hostdeck was started anew: open the address that it printed");
      } else if (isClosed && isDash) {
        location.reload();
      } else if (isClosed) {
        lost("Session ended, what stands here is old:");
      } else if (lostAt) {
        location.reload();
      }
    } catch {
      lost("No answer, what stands here is old:");
    }
  }

  document.getElementById("again").addEventListener("click", () => location.reload());
  new MutationObserver((_changes, observer) => {
    if (document.body.classList.contains("-closed")) {
      observer.disconnect(); // what is done now changes the classes, too
      lost("Session ended, what stands here is old:");
    }
  }).observe(document.body, { attributeFilter: ["class"] });
  setInterval(look, EVERY_MS);
})();
