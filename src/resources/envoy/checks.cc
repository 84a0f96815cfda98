// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/checks.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "resources/go/text.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/utf8.h"

namespace skyden::resources::envoy {
namespace {

using google::protobuf::FieldDescriptor;

std::string Text(bool value) { return value ? "true" : "false"; }
template <class Number>
std::string Text(Number value) {
  return fmt::format("{}", value);
}
std::string DurationText(int64_t nanoseconds) {
  return base::FormatGoDuration(absl::Nanoseconds(nanoseconds));
}

template <class T>
using Printer = std::function<std::string(const T&)>;

template <class T>
std::string ListText(const std::vector<T>& values, const Printer<T>& print) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "[" : " ") + print(value);
  return text + "]";
}

template <class T>
using Reader = std::function<T(const Value&)>;

// `const`, `in` and `not_in`.
template <class T>
struct Allowed {
  std::optional<T> only;
  std::vector<T> in;
  std::vector<T> not_in;
};

template <class T>
void AddOnly(const Allowed<T>& allowed, const Reader<T>& read, const Printer<T>& print,
             std::vector<Check>& checks) {
  if (!allowed.only.has_value()) return;
  checks.push_back([only = *allowed.only, read, print](const Value& value) {
    return read(value) == only ? "" : "value must equal " + print(only);
  });
}

template <class T>
void AddIn(const Allowed<T>& allowed, const Reader<T>& read, const Printer<T>& print,
           std::vector<Check>& checks, std::string_view what = "value") {
  const bool wanted = !allowed.in.empty();
  const std::vector<T>& list = wanted ? allowed.in : allowed.not_in;
  if (list.empty()) return;
  std::string reason =
      fmt::format("{} must {}be in list {}", what, wanted ? "" : "not ", ListText<T>(list, print));
  checks.push_back([listed = std::set<T>(list.begin(), list.end()), read, wanted,
                    reason = std::move(reason)](const Value& value) {
    return listed.contains(read(value)) == wanted ? "" : reason;
  });
}

// Between two ends, or outside of them when they are written the other way round.
template <class T>
struct Range {
  std::optional<T> lt, lte, gt, gte;

  bool has_upper() const { return lt.has_value() || lte.has_value(); }
  bool has_lower() const { return gt.has_value() || gte.has_value(); }
  T upper() const { return lt.has_value() ? *lt : *lte; }
  T lower() const { return gt.has_value() ? *gt : *gte; }
  // Past an end. What is no number is past none.
  bool Above(T value) const { return lt.has_value() ? value >= *lt : lte && value > *lte; }
  bool Below(T value) const { return gt.has_value() ? value <= *gt : gte && value < *gte; }
};

template <class T>
std::string RangeReason(const Range<T>& range, const Printer<T>& print) {
  const std::string upper = range.has_upper() ? print(range.upper()) : "";
  const std::string lower = range.has_lower() ? print(range.lower()) : "";
  if (!range.has_lower()) {
    return fmt::format("value must be less than {}{}", range.lt ? "" : "or equal to ", upper);
  }
  if (!range.has_upper()) {
    return fmt::format("value must be greater than {}{}", range.gt ? "" : "or equal to ", lower);
  }
  if (range.upper() > range.lower()) {
    return fmt::format("value must be inside range {}{}, {}{}", range.gt ? '(' : '[', lower, upper,
                       range.lt ? ')' : ']');
  }
  return fmt::format("value must be outside range {}{}, {}{}", range.lt ? '[' : '(', upper, lower,
                     range.gt ? ']' : ')');
}

template <class T>
void AddRange(const Range<T>& range, const Reader<T>& read, const Printer<T>& print,
              std::vector<Check>& checks) {
  if (!range.has_upper() && !range.has_lower()) return;
  const bool both = range.has_upper() && range.has_lower();
  const bool outside = both && !(range.upper() > range.lower());
  checks.push_back([range, read, outside, reason = RangeReason(range, print)](const Value& at) {
    const T value = read(at);
    const bool above = range.Above(value);
    const bool below = range.Below(value);
    return (outside ? above && below : above || below) ? reason : "";
  });
}

template <class T>
T ReadOne(const Value& value) {
  return Read<T>(value.message, value.field, value.index);
}

template <class T>
std::vector<Check> Number(const Options& rules) {
  const auto end = [&rules](const char* name) {
    return rules.Has(name) ? std::optional<T>(rules.Get<T>(name)) : std::nullopt;
  };
  const Allowed<T> allowed = {end("const"), rules.List<T>("in"), rules.List<T>("not_in")};
  const Range<T> range = {end("lt"), end("lte"), end("gt"), end("gte")};
  const Reader<T> read = ReadOne<T>;
  const Printer<T> print = [](const T& value) { return Text(value); };
  std::vector<Check> checks;
  AddOnly(allowed, read, print, checks);
  AddRange(range, read, print, checks);
  AddIn(allowed, read, print, checks);
  return checks;
}

std::vector<Check> Bool(const Options& rules) {
  Allowed<bool> allowed;
  if (rules.Has("const")) allowed.only = rules.Get<bool>("const");
  std::vector<Check> checks;
  AddOnly<bool>(
      allowed, ReadOne<bool>, [](const bool& value) { return Text(value); }, checks);
  return checks;
}

std::vector<Check> Duration(const Options& rules) {
  const auto end = [&rules](const char* name) {
    return rules.Has(name) ? std::optional<int64_t>(rules.Duration(name)) : std::nullopt;
  };
  const Allowed<int64_t> allowed = {end("const"), {}, {}};
  const Range<int64_t> range = {end("lt"), end("lte"), end("gt"), end("gte")};
  const Reader<int64_t> read = [](const Value& value) {
    return Nanoseconds(ReadMessage(value.message, value.field, value.index));
  };
  const Printer<int64_t> print = DurationText;
  std::vector<Check> checks;
  AddOnly(allowed, read, print, checks);
  AddRange(range, read, print, checks);
  return checks;
}

std::vector<Check> Enum(const Options& rules, const FieldDescriptor& field) {
  Allowed<int64_t> allowed = {std::nullopt, rules.List<int64_t>("in"),
                              rules.List<int64_t>("not_in")};
  if (rules.Has("const")) allowed.only = rules.Get<int64_t>("const");
  // Of a list's elements Go's generator knows the numbers only.
  const Printer<int64_t> print = [&field](const int64_t& number) {
    const auto* value = field.is_repeated()
                            ? nullptr
                            : field.enum_type()->FindValueByNumber(static_cast<int>(number));
    return value == nullptr ? (field.is_repeated() ? Text(number) : "") : value->name();
  };
  const Reader<int64_t> read = ReadOne<int64_t>;
  std::vector<Check> checks;
  AddOnly(allowed, read, print, checks);
  AddIn(allowed, read, print, checks);
  if (rules.Get<bool>("defined_only")) {
    checks.push_back([](const Value& value) {
      const auto number = static_cast<int>(ReadOne<int64_t>(value));
      return value.field.enum_type()->FindValueByNumber(number) != nullptr
                 ? ""
                 : "value must be one of the defined enum values";
    });
  }
  return checks;
}

std::vector<Check> AnyType(const Options& rules) {
  const Allowed<std::string> allowed = {std::nullopt, rules.List<std::string>("in"),
                                        rules.List<std::string>("not_in")};
  std::vector<Check> checks;
  AddIn<std::string>(
      allowed,
      [](const Value& value) {
        const auto& any = ReadMessage(value.message, value.field, value.index);
        return Read<std::string>(any, *any.GetDescriptor()->FindFieldByNumber(1));
      },
      [](const std::string& url) { return url; }, checks, "type URL");
  return checks;
}

enum class Unit { kRunes, kBytes };

// `len`, `min` and `max` are the names of the rules.
void AddLength(const Options& rules, const char* len, const char* min, const char* max, Unit unit,
               std::vector<Check>& checks) {
  const auto given = [&rules](const char* name) {
    return rules.Has(name) ? std::optional<uint64_t>(rules.Get<uint64_t>(name)) : std::nullopt;
  };
  std::optional<uint64_t> least = given(min);
  std::optional<uint64_t> most = given(max);
  if (const auto exact = given(len)) least = most = exact;
  if (!least && !most) return;
  const char* const units = unit == Unit::kRunes ? "runes" : "bytes";
  std::string reason;
  if (least && most && *least == *most) {
    reason = fmt::format("value length must be {} {}", *least, units);
  } else if (least && most) {
    reason =
        fmt::format("value length must be between {} and {} {}, inclusive", *least, *most, units);
  } else if (least) {
    reason = fmt::format("value length must be at least {} {}", *least, units);
  } else {
    reason = fmt::format("value length must be at most {} {}", *most, units);
  }
  checks.push_back([least, most, unit, reason](const Value& value) {
    const auto text = ReadOne<std::string>(value);
    const uint64_t length = unit == Unit::kRunes ? base::CountCharacters(text) : text.size();
    return (!least || length >= *least) && (!most || length <= *most) ? "" : reason;
  });
}

// The pattern of a `well_known_regex`, as the rules' own documentation has it.
std::string KnownPattern(const Options& rules) {
  constexpr int64_t kHeaderName = 1;
  constexpr int64_t kHeaderValue = 2;
  const auto known = rules.Get<int64_t>("well_known_regex");
  if (known != kHeaderName && known != kHeaderValue) return "";
  using std::string_literals::operator""s;
  if (!rules.Get<bool>("strict")) return "^[^\x00\n\r]*$"s;
  return known == kHeaderName ? "^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$" : "^[^\x00-\b\n-\x1f\x7f]*$"s;
}

void AddPattern(const std::string& pattern, std::vector<Check>& checks,
                std::vector<std::string>& unknown) {
  if (pattern.empty()) return;
  auto regex = std::make_shared<const re2::RE2>(pattern, re2::RE2::Quiet);
  if (!regex->ok()) return unknown.push_back("pattern " + pattern);
  checks.push_back([regex = std::move(regex), pattern](const Value& value) {
    return re2::RE2::PartialMatch(ReadOne<std::string>(value), *regex)
               ? ""
               : "value does not match regex pattern " + GoQuote(pattern);
  });
}

void AddParts(const Options& rules, std::vector<Check>& checks) {
  struct Part {
    const char* rule;
    const char* reason;
    bool (*holds)(std::string_view text, std::string_view part);
  };
  static constexpr std::array kParts = {
      Part{"prefix", "value does not have prefix ",
           [](std::string_view text, std::string_view part) { return text.starts_with(part); }},
      Part{"suffix", "value does not have suffix ",
           [](std::string_view text, std::string_view part) { return text.ends_with(part); }},
      Part{"contains", "value does not contain substring ",
           [](std::string_view text, std::string_view part) {
             return text.find(part) != std::string_view::npos;
           }},
      Part{"not_contains", "value contains substring ",
           [](std::string_view text, std::string_view part) {
             return text.find(part) == std::string_view::npos;
           }},
  };
  for (const Part& part : kParts) {
    if (!rules.Has(part.rule)) continue;
    checks.push_back([wanted = rules.Get<std::string>(part.rule), &part](const Value& value) {
      return part.holds(ReadOne<std::string>(value), wanted) ? "" : part.reason + GoQuote(wanted);
    });
  }
}

void NoteUnknown(const Options& rules, std::initializer_list<std::string_view> known,
                 std::string_view kind, std::vector<std::string>& unknown) {
  for (const std::string& member : rules.Members()) {
    if (std::find(known.begin(), known.end(), member) == known.end()) {
      unknown.push_back(fmt::format("{}.{}", kind, member));
    }
  }
}

std::vector<Check> String(const Options& rules, std::vector<std::string>& unknown) {
  NoteUnknown(rules,
              {"const", "in", "not_in", "len", "min_len", "max_len", "len_bytes", "min_bytes",
               "max_bytes", "prefix", "suffix", "contains", "not_contains", "pattern",
               "well_known_regex", "strict", "ignore_empty"},
              "string", unknown);
  Allowed<std::string> allowed = {std::nullopt, rules.List<std::string>("in"),
                                  rules.List<std::string>("not_in")};
  if (rules.Has("const")) allowed.only = rules.Get<std::string>("const");
  const Reader<std::string> read = ReadOne<std::string>;
  const Printer<std::string> print = [](const std::string& text) { return text; };
  std::vector<Check> checks;
  AddOnly(allowed, read, print, checks);
  AddIn(allowed, read, print, checks);
  AddLength(rules, "len", "min_len", "max_len", Unit::kRunes, checks);
  AddLength(rules, "len_bytes", "min_bytes", "max_bytes", Unit::kBytes, checks);
  AddParts(rules, checks);
  AddPattern(rules.Has("pattern") ? rules.Get<std::string>("pattern") : KnownPattern(rules), checks,
             unknown);
  return checks;
}

std::vector<Check> Bytes(const Options& rules, std::vector<std::string>& unknown) {
  NoteUnknown(rules, {"len", "min_len", "max_len", "ignore_empty"}, "bytes", unknown);
  std::vector<Check> checks;
  AddLength(rules, "len", "min_len", "max_len", Unit::kBytes, checks);
  return checks;
}

bool IsZero(const Value& value) {
  switch (value.field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return ReadOne<std::string>(value).empty();
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ReadOne<double>(value) == 0;
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ReadOne<float>(value) == 0;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return ReadOne<uint64_t>(value) == 0;
    default:
      return ReadOne<int64_t>(value) == 0;
  }
}

std::vector<Check> ChecksOfKind(std::string_view kind, const Options& rules,
                                const FieldDescriptor& field, std::vector<std::string>& unknown) {
  if (kind == "string") return String(rules, unknown);
  if (kind == "bytes") return Bytes(rules, unknown);
  if (kind == "bool") return Bool(rules);
  if (kind == "enum") return Enum(rules, field);
  if (kind == "any") return AnyType(rules);
  if (kind == "double") return Number<double>(rules);
  if (kind == "float") return Number<float>(rules);
  if (kind == "uint32" || kind == "uint64" || kind == "fixed32" || kind == "fixed64") {
    return Number<uint64_t>(rules);
  }
  if (kind.ends_with("int32") || kind.ends_with("int64") || kind.starts_with("sfixed")) {
    return Number<int64_t>(rules);
  }
  if (kind == "duration") {
    NoteUnknown(rules, {"required", "const", "lt", "lte", "gt", "gte"}, "duration", unknown);
    return Duration(rules);
  }
  unknown.emplace_back(kind);
  return {};
}

}  // namespace

std::vector<Check> ChecksOf(std::string_view kind, const Options& rules,
                            const FieldDescriptor& field, std::vector<std::string>& unknown) {
  std::vector<Check> checks = ChecksOfKind(kind, rules, field, unknown);
  const std::vector<std::string> set = rules.Members();
  if (std::find(set.begin(), set.end(), "ignore_empty") == set.end() ||
      !rules.Get<bool>("ignore_empty")) {
    return checks;
  }
  for (Check& check : checks) {
    check = [check = std::move(check)](const Value& value) {
      return IsZero(value) ? "" : check(value);
    };
  }
  return checks;
}

}  // namespace skyden::resources::envoy
