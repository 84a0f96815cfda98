// SPDX-License-Identifier: Apache-2.0
// One value under one verb of Go's fmt, with its flags.
#pragma once

#include <complex>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

struct Flags {
  std::optional<int> width;
  std::optional<int> precision;
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;
  bool sharp_v = false;
};

class Printer {
 public:
  Flags flags;
  std::string out;

  void Print(const Value& value, uint32_t verb);
  void BadVerb(const Value& value, uint32_t verb);

 private:
  void PrintHeld(std::monostate, uint32_t);
  void PrintHeld(bool value, uint32_t verb);
  void PrintHeld(int64_t value, uint32_t verb);
  void PrintHeld(uint8_t value, uint32_t verb);
  void PrintInteger(const Value& value, uint64_t magnitude, bool negative, uint32_t verb,
                    uint64_t bits);
  void PrintHeld(double value, uint32_t verb);
  void PrintHeld(const std::complex<double>& value, uint32_t verb);
  void PrintHeld(const Text& value, uint32_t verb);
  void PrintHeld(const Data* data, uint32_t verb);
  void PrintText(std::string_view text, uint32_t verb);
  std::string_view Truncated(std::string_view text) const;
  void Quoted(std::string_view text);
  static std::string ToAscii(std::string_view quoted);
  std::string QuotedRune(uint32_t rune) const;
  void HexBytes(std::string_view bytes, bool upper);
  void Unicode(uint64_t value);
  void Integer(uint64_t magnitude, bool negative, int base, char verb);
  bool PrintFloat(double value, uint32_t verb);
  void Float(double value, char verb, int precision);
  // What '#' asks of a float: a decimal point always, and the zeros behind it.
  static void KeepPoint(std::string& text, char verb, int precision);
  void PadWithSpaces(const std::string& text);
  void Pad(std::string_view text);
};

}  // namespace skyden::resources::go_template
