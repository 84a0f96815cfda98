// SPDX-License-Identifier: Apache-2.0
// One digit of hexadecimal text.
#pragma once

namespace skyden::base {

// 0 to 15, of either case; -1 when `c` is no such digit.
inline int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace skyden::base
