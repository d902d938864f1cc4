"use strict";
// Chapar console. Every page is whole without this: it only saves waiting and hands.
document.querySelector("[autofocus]")?.focus();
