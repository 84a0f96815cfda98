// SPDX-License-Identifier: Apache-2.0
// Scripts are RE2's, of Unicode 14, and those of one word that Unicode 15 added.
#include "resources/go/regexp_classes.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

namespace skyden::resources {
namespace {

constexpr std::array<std::string_view, 84> kUnicodeClasses = {
    // General categories
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Lc", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me",
    "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk",
    "Sm", "So", "Z", "Zl", "Zp", "Zs",
    // Their long names
    "Casedletter", "Closepunctuation", "Combiningmark", "Connectorpunctuation", "Control",
    "Currencysymbol", "Dashpunctuation", "Decimalnumber", "Enclosingmark", "Finalpunctuation",
    "Format", "Initialpunctuation", "Letter", "Letternumber", "Lineseparator", "Lowercaseletter",
    "Mark", "Mathsymbol", "Modifierletter", "Modifiersymbol", "Nonspacingmark", "Number",
    "Openpunctuation", "Other", "Otherletter", "Othernumber", "Otherpunctuation", "Othersymbol",
    "Paragraphseparator", "Privateuse", "Punctuation", "Separator", "Spaceseparator", "Spacingmark",
    "Surrogate", "Symbol", "Titlecaseletter", "Unassigned", "Uppercaseletter", "Cntrl", "Digit",
    "Punct",
    // What is neither
    "Any", "Assigned", "Ascii",
    // Scripts
    "Kawi"};

constexpr std::array<std::string_view, 14> kPosixClasses = {
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
    "lower", "print", "punct", "space", "upper", "word",  "xdigit"};

std::string Canonical(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') continue;
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (out.empty()) {
      out += lower ? static_cast<char>(c - 'a' + 'A') : c;
    } else {
      out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return out;
}

}  // namespace

bool IsGoUnicodeClass(std::string_view name) {
  const std::string canonical = Canonical(name);
  if (std::find(kUnicodeClasses.begin(), kUnicodeClasses.end(), canonical) !=
      kUnicodeClasses.end()) {
    return true;
  }
  const bool word =
      canonical.size() > 2 && std::all_of(canonical.begin(), canonical.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
  if (!word) return false;
  re2::RE2::Options options;
  options.set_log_errors(false);
  return re2::RE2("\\p{" + canonical + "}", options).ok();
}

bool IsGoPosixClass(std::string_view name) {
  if (name.starts_with('^')) name.remove_prefix(1);
  return std::find(kPosixClasses.begin(), kPosixClasses.end(), name) != kPosixClasses.end();
}

}  // namespace skyden::resources
