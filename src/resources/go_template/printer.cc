// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/go/text.h"
#include "resources/go/unicode.h"
#include "resources/go_template/number_text.h"
#include "skyden/base/utf8.h"

namespace skyden::resources::go_template {
namespace {

bool CanBackquote(std::string_view text) {
  if (!base::IsValidUtf8(text)) return false;
  for (; !text.empty(); text.remove_prefix(FirstRune(text).bytes)) {
    const uint32_t rune = FirstRune(text).value;
    if ((rune < 0x20 && rune != '\t') || rune == 0x7F || rune == '`' || rune == 0xFEFF) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Printer::Print(const Value& value, uint32_t verb) {
  if (IsNothing(value)) {
    if (verb == 'T' || verb == 'v') return Pad("<nil>");
    return BadVerb(value, verb);
  }
  if (verb == 'T') return PrintText(TypeOf(value), 's');
  if (verb == 'w' || verb == 'p') return BadVerb(value, verb);
  std::visit([&](const auto& held) { PrintHeld(held, verb); }, value);
}

void Printer::BadVerb(const Value& value, uint32_t verb) {
  out += "%!";
  AppendRune(verb, out);
  if (IsNothing(value)) {
    out += "(<nil>)";
    return;
  }
  out += "(" + TypeOf(value) + "=";
  Print(value, 'v');
  out += ")";
}

void Printer::PrintHeld(std::monostate, uint32_t) {}

void Printer::PrintHeld(bool value, uint32_t verb) {
  if (verb != 't' && verb != 'v') return BadVerb(value, verb);
  Pad(value ? "true" : "false");
}

void Printer::PrintHeld(int64_t value, uint32_t verb) {
  const bool negative = value < 0;
  const auto bits = static_cast<uint64_t>(value);
  PrintInteger(value, negative ? uint64_t{0} - bits : bits, negative, verb, bits);
}

void Printer::PrintHeld(uint8_t value, uint32_t verb) {
  if (verb == 'v' && flags.sharp_v) {
    flags.sharp = true;
    Integer(value, false, 16, 'x');
    flags.sharp = false;
    return;
  }
  PrintInteger(value, value, false, verb, value);
}

void Printer::PrintInteger(const Value& value, uint64_t magnitude, bool negative, uint32_t verb,
                           uint64_t bits) {
  switch (verb) {
    case 'v':
    case 'd':
      return Integer(magnitude, negative, 10, 'd');
    case 'b':
      return Integer(magnitude, negative, 2, 'b');
    case 'o':
    case 'O':
      return Integer(magnitude, negative, 8, static_cast<char>(verb));
    case 'x':
    case 'X':
      return Integer(magnitude, negative, 16, static_cast<char>(verb));
    case 'c': {
      std::string text;
      AppendRune(bits > kRuneMax ? kReplacementRune : static_cast<uint32_t>(bits), text);
      return Pad(text);
    }
    case 'q':
      return Pad(QuotedRune(bits > kRuneMax ? kReplacementRune : static_cast<uint32_t>(bits)));
    case 'U':
      return Unicode(bits);
    default:
      return BadVerb(value, verb);
  }
}

void Printer::PrintHeld(double value, uint32_t verb) {
  if (!PrintFloat(value, verb)) BadVerb(value, verb);
}

void Printer::PrintHeld(const std::complex<double>& value, uint32_t verb) {
  if (std::u32string_view(U"vbgGxXfFeE").find(verb) == std::u32string_view::npos) {
    return BadVerb(value, verb);
  }
  const bool plus = flags.plus;
  out += '(';
  PrintFloat(value.real(), verb);
  flags.plus = true;
  PrintFloat(value.imag(), verb);
  out += "i)";
  flags.plus = plus;
}

void Printer::PrintHeld(const Text& value, uint32_t verb) { PrintText(*value, verb); }

void Printer::PrintHeld(const Data* data, uint32_t verb) {
  const bool is_struct = data->kind == Data::Kind::kStruct;
  if (flags.sharp_v) out += data->type;
  out += is_struct || flags.sharp_v ? "{" : "map[";
  bool first = true;
  for (const auto& [name, value] : data->members) {
    if (!first) out += flags.sharp_v ? ", " : " ";
    first = false;
    if (is_struct && (flags.plus_v || flags.sharp_v)) {
      out += name;
      out += ':';
    } else if (!is_struct) {
      PrintText(name, verb);
      out += ':';
    }
    PrintText(value, verb);
  }
  out += is_struct || flags.sharp_v ? "}" : "]";
}

void Printer::PrintText(std::string_view text, uint32_t verb) {
  switch (verb) {
    case 'v':
      if (flags.sharp_v) return Quoted(text);
      return Pad(Truncated(text));
    case 's':
      return Pad(Truncated(text));
    case 'x':
    case 'X':
      return HexBytes(text, verb == 'X');
    case 'q':
      return Quoted(text);
    default:
      return BadVerb(MakeText(std::string(text)), verb);
  }
}

std::string_view Printer::Truncated(std::string_view text) const {
  if (!flags.precision) return text;
  size_t bytes = 0;
  for (int i = 0; i < *flags.precision && bytes < text.size(); ++i) {
    bytes += FirstRune(text.substr(bytes)).bytes;
  }
  return text.substr(0, bytes);
}

void Printer::Quoted(std::string_view text) {
  text = Truncated(text);
  if (flags.sharp && CanBackquote(text)) return Pad("`" + std::string(text) + "`");
  Pad(flags.plus ? ToAscii(GoQuote(text)) : GoQuote(text));
}

std::string Printer::ToAscii(std::string_view quoted) {
  std::string ascii;
  while (!quoted.empty()) {
    const GoRune rune = FirstRune(quoted);
    if (rune.value < 0x80) {
      ascii += quoted.front();
    } else {
      ascii += rune.value < 0x10000 ? fmt::format("\\u{:04x}", rune.value)
                                    : fmt::format("\\U{:08x}", rune.value);
    }
    quoted.remove_prefix(rune.bytes);
  }
  return ascii;
}

std::string Printer::QuotedRune(uint32_t rune) const {
  if (rune == '\'') return "'\\''";
  if (rune == '"') return "'\"'";
  std::string text;
  AppendRune(rune, text);
  std::string quoted = GoQuote(text);
  if (flags.plus) quoted = ToAscii(quoted);
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

void Printer::HexBytes(std::string_view bytes, bool upper) {
  if (flags.precision) bytes = bytes.substr(0, static_cast<size_t>(*flags.precision));
  std::string text;
  const std::string_view prefix = upper ? "0X" : "0x";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (flags.space && i > 0) text += ' ';
    if (flags.sharp && (i == 0 || flags.space)) text += prefix;
    const auto byte = static_cast<uint8_t>(bytes[i]);
    text += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  Pad(text);
}

void Printer::Unicode(uint64_t value) {
  const int digits = std::max(4, flags.precision.value_or(0));
  std::string text = fmt::format("U+{:0{}X}", value, digits);
  if (flags.sharp && value <= kRuneMax && IsPrintableRune(static_cast<uint32_t>(value))) {
    text += " '";
    AppendRune(static_cast<uint32_t>(value), text);
    text += "'";
  }
  PadWithSpaces(text);
}

void Printer::Integer(uint64_t magnitude, bool negative, int base, char verb) {
  int digits = 0;
  if (flags.precision) {
    digits = *flags.precision;
    if (digits == 0 && magnitude == 0) return PadWithSpaces("");
  } else if (flags.zero && !flags.minus && flags.width) {
    digits = *flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  std::string text = base == 2     ? fmt::format("{:b}", magnitude)
                     : base == 8   ? fmt::format("{:o}", magnitude)
                     : base == 10  ? fmt::format("{}", magnitude)
                     : verb == 'X' ? fmt::format("{:X}", magnitude)
                                   : fmt::format("{:x}", magnitude);
  if (static_cast<int>(text.size()) < digits) {
    text.insert(0, static_cast<size_t>(digits) - text.size(), '0');
  }
  if (flags.sharp && base == 2) text.insert(0, "0b");
  if (flags.sharp && base == 8 && text.front() != '0') text.insert(0, "0");
  if (flags.sharp && base == 16) text.insert(0, verb == 'X' ? "0X" : "0x");
  if (verb == 'O') text.insert(0, "0o");
  if (negative || flags.plus || flags.space) {
    text.insert(0, negative ? "-" : flags.plus ? "+" : " ");
  }
  PadWithSpaces(text);
}

bool Printer::PrintFloat(double value, uint32_t verb) {
  switch (verb) {
    case 'v':
      Float(value, 'g', -1);
      return true;
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      Float(value, static_cast<char>(verb), -1);
      return true;
    case 'e':
    case 'E':
    case 'f':
      Float(value, static_cast<char>(verb), 6);
      return true;
    case 'F':
      Float(value, 'f', 6);
      return true;
    default:
      return false;
  }
}

void Printer::Float(double value, char verb, int precision) {
  precision = flags.precision.value_or(precision);
  std::string text = FormatFloat(value, verb, precision);
  if (text.front() != '-' && text.front() != '+') text.insert(0, "+");
  if (flags.space && text.front() == '+' && !flags.plus) text.front() = ' ';
  if (text[1] == 'I' || text[1] == 'N') {
    if (text[1] == 'N' && !flags.space && !flags.plus) text.erase(0, 1);
    return PadWithSpaces(text);
  }
  if (flags.sharp && verb != 'b') KeepPoint(text, verb, precision);
  if (!flags.plus && text.front() == '+') return Pad(text.substr(1));
  const auto size = static_cast<int>(text.size());
  if (flags.zero && !flags.minus && flags.width.value_or(0) > size) {
    out += text.front();
    out.append(static_cast<size_t>(*flags.width - size), '0');
    out += text.substr(1);
    return;
  }
  Pad(text);
}

void Printer::KeepPoint(std::string& text, char verb, int precision) {
  int digits = 0;
  if (verb == 'g' || verb == 'G' || verb == 'x') digits = precision == -1 ? 6 : precision;
  const bool hex = verb == 'x' || verb == 'X';
  const size_t end = std::min(text.find_first_of(hex ? "pP" : "eE"), text.size());
  const std::string tail = text.substr(end);
  text.resize(end);
  bool nonzero = false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '.') continue;
    nonzero = nonzero || text[i] != '0';
    if (nonzero) --digits;
  }
  if (text.find('.') == std::string::npos) {
    if (text.size() == 2 && text[1] == '0') --digits;
    text += '.';
  }
  if (digits > 0) text.append(static_cast<size_t>(digits), '0');
  text += tail;
}

void Printer::PadWithSpaces(const std::string& text) {
  const bool zero = std::exchange(flags.zero, false);
  Pad(text);
  flags.zero = zero;
}

void Printer::Pad(std::string_view text) {
  const int missing = flags.width.value_or(0) - static_cast<int>(CountRunes(text));
  const std::string padding(static_cast<size_t>(std::max(missing, 0)),
                            flags.zero && !flags.minus ? '0' : ' ');
  if (!flags.minus) out += padding;
  out += text;
  if (flags.minus) out += padding;
}

}  // namespace skyden::resources::go_template
