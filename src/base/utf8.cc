// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace skyden::base {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0u) == 0x80u; }

// RFC 3629 section 4: some lead bytes narrow what may follow.
bool SecondByteFits(uint8_t lead, uint8_t second) {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}

// Most text is nothing else, and most of the audit and every label is looked at.
size_t AsciiLength(std::string_view bytes) {
  size_t length = 0;
  for (uint64_t eight = 0; length + sizeof eight <= bytes.size(); length += sizeof eight) {
    std::memcpy(&eight, bytes.data() + length, sizeof eight);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  return length;
}

}  // namespace

size_t Utf8LengthOf(char first) {
  const auto lead = static_cast<uint8_t>(first);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;  // c0 and c1 would be overlong
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

bool IsValidUtf8(std::string_view bytes) {
  for (bytes.remove_prefix(AsciiLength(bytes)); !bytes.empty();) {
    const auto lead = static_cast<uint8_t>(bytes.front());
    const size_t length = Utf8LengthOf(bytes.front());
    if (length == 0 || length > bytes.size()) return false;
    if (length > 1 && !SecondByteFits(lead, static_cast<uint8_t>(bytes[1]))) return false;
    for (size_t i = 1; i < length; ++i) {
      if (!IsContinuation(bytes[i])) return false;
    }
    bytes.remove_prefix(length);
  }
  return true;
}

size_t CountCharacters(std::string_view utf8) {
  return utf8.size() - static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), IsContinuation));
}

}  // namespace skyden::base
