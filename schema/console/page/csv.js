// SPDX-License-Identifier: Apache-2.0
/** Tables for spreadsheets, which would take some texts for formulas. */

/** @param {unknown} value */
export function cell(value) {
  const text = value === undefined || value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {string} name @param {unknown[][]} lines */
export function download(name, lines) {
  save(name, 'text/csv', lines.map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n');
}

/** @param {string} name @param {string} type @param {string} text */
export function save(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
