// SPDX-License-Identifier: Apache-2.0
/** Templates that become Preact's nodes: every value in them is text or an attribute, never HTML. */
import htm from './htm.js';
import { h } from './preact.js';

export const html = htm.bind(h);
