// SPDX-License-Identifier: Apache-2.0
/** Keys of one letter: never in a field, and they can be switched off (WCAG 2.1.4). */
import { signal } from './signals.js';
import { controlPlanePath, go, route } from './routes.js';

export const searching = signal(false);
export const helping = signal(false);
const kSwitch = 'skyden-keys';
export const lettersOn = signal(localStorage.getItem(kSwitch) !== 'off');

/** @param {boolean} on */
export function setLetters(on) {
  lettersOn.value = on;
  localStorage.setItem(kSwitch, on ? 'on' : 'off');
}

/** @type {[string, string][]} */
export const help = [
  ['/', 'Search'], ['g f', 'Fleet'], ['g z', 'Zones'], ['g e', 'Expiry'], ['g c', 'Access'], ['g a', 'Audit'],
  ['g p', 'Preview, of the control plane that is shown'], ['g h', 'Its history'], ['g r', 'Its rollouts'],
  ['j, ↓', 'Next row'], ['k, ↑', 'Previous row'], ['Enter', 'Open'], ['x', 'Select the row'], ['?', 'This list'],
];
/** @type {Record<string, string>} */
const places = {
  f: '/console/', z: '/console/zones', e: '/console/expiry', c: '/console/access', a: '/console/audit',
};

/** Of the control plane that is shown. @type {Record<string, string>} */
const within = { p: 'preview', h: 'history', r: 'rollouts' };

/** @param {string} key @returns {string|undefined} an address */
function placeOf(key) {
  const { id } = route.value.parameters;
  return id && within[key] ? `${controlPlanePath(id)}/${within[key]}` : places[key];
}

/** Menus close when somebody goes elsewhere, or presses Escape. @param {Element|null} but */
function closeMenus(but) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!(menu instanceof HTMLDetailsElement) || (but && menu.contains(but))) continue;
    if (!but && menu.contains(document.activeElement)) menu.querySelector('summary')?.focus();
    menu.open = false;
  }
}
document.addEventListener('click', (event) => closeMenus(event.target instanceof Element ? event.target : null));
document.addEventListener('keydown', (event) => event.key === 'Escape' && closeMenus(null));

/** Into the table, where its own keys go on. */
function focusRow() {
  const row = document.querySelector('tr[data-index][tabindex="0"]');
  if (row instanceof HTMLElement) row.focus();
}

let goes = 0;
document.addEventListener('keydown', (event) => {
  if (!lettersOn.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at instanceof Element && at.closest('input, textarea, select, [contenteditable], dialog')) return;
  const second = Date.now() < goes;
  goes = 0;
  const place = second && placeOf(event.key);
  if (place) go(place);
  else if (event.key === 'g') goes = Date.now() + 1500;
  else if (event.key === '/') searching.value = true;
  else if (event.key === '?') helping.value = true;
  else if (event.key === 'j' || event.key === 'k') focusRow();
  else return;
  event.preventDefault();
});
