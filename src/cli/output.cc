// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <set>
#include <sstream>

#include "absl/strings/cord.h"
#include "skyden/base/strings.h"
#include "skyden/base/visible.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

constexpr char kUsage[] = "skyden.cli/usage";         // marks a status
constexpr char kExitCode[] = "skyden.cli/exit-code";  // says what it exits with

// How many columns of a terminal a UTF-8 text takes, near enough: one per character.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string Dump(const Json& value, int indent) {
  // What JSON leaves as it is in a text and a terminal would obey; YAML knows the same escapes.
  return base::VisibleLines(value.dump(indent, ' ', false, Json::error_handler_t::replace));
}

// Text that YAML reads back as the same string without quotes.
bool IsPlain(const std::string& text) {
  static const std::set<std::string> kOtherThings = {"true", "false", "null", "yes", "no",
                                                     "on",   "off",   "y",    "n"};
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  std::string lower;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.') {
      return false;
    }
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return !kOtherThings.contains(lower);
}

// What JSON writes as a scalar, YAML reads as the same one.
std::string Scalar(const Json& value) {
  const bool plain = value.is_string() && IsPlain(value.get_ref<const std::string&>());
  return plain ? value.get<std::string>() : Dump(value, -1);
}

bool IsNested(const Json& value) {
  return (value.is_object() || value.is_array()) && !value.empty();
}

void PrintYaml(std::ostream& out, const Json& document, const std::string& indent);

// The rest of a line that begins with a key, and what belongs below it.
void PrintMember(std::ostream& out, const Json& value, const std::string& indent) {
  if (!IsNested(value)) {
    out << ' ' << Scalar(value) << '\n';
    return;
  }
  out << '\n';
  PrintYaml(out, value, value.is_array() ? indent : indent + "  ");
}

void PrintYaml(std::ostream& out, const Json& document, const std::string& indent) {
  if (!IsNested(document)) {
    out << indent << Scalar(document) << '\n';
    return;
  }
  if (document.is_object()) {
    for (const auto& [key, value] : document.items()) {
      out << indent << Scalar(key) << ':';
      PrintMember(out, value, indent);
    }
    return;
  }
  for (const Json& item : document) {
    std::ostringstream lines;
    PrintYaml(lines, item, indent + "  ");
    out << indent << "- " << lines.str().substr(indent.size() + 2);
  }
}

}  // namespace

std::string Printable(std::string_view text) { return base::Visible(text); }

std::string JsonLine(const Json& value) { return Dump(value, -1); }

void PrintTable(std::ostream& out, const std::vector<std::string>& head,
                const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> lines = {head};
  lines.insert(lines.end(), rows.begin(), rows.end());
  std::vector<size_t> widths(head.size(), 0);
  for (auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      line[i] = Printable(line[i]);
      widths[i] = std::max(widths[i], WidthOf(line[i]));
    }
  }
  for (const auto& line : lines) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text.append(widths[i] - WidthOf(line[i]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  }
}

void PrintDocument(std::ostream& out, Format format, const Json& document) {
  if (format == Format::kYaml) {
    PrintYaml(out, document, "");
  } else {
    out << Dump(document, 2) << '\n';
  }
}

void PrintRaw(std::ostream& out, std::string_view text) {
  const bool seen = out.rdbuf() == std::cout.rdbuf() && isatty(STDOUT_FILENO) != 0;
  if (seen) {
    out << base::VisibleLines(text);
  } else {
    out << text;
  }
}

void PrintDone(std::ostream& out, Format format, const char* done, const std::string& id) {
  if (format != Format::kTable) return PrintDocument(out, format, {{done, id}});
  out << done << ' ' << Printable(id) << '\n';
}

absl::Status UsageError(std::string_view text) {
  absl::Status status = absl::InvalidArgumentError({text.data(), text.size()});
  status.SetPayload(kUsage, {});
  return status;
}

absl::Status FailureWith(int exit_code, std::string_view text) {
  absl::Status status = absl::FailedPreconditionError({text.data(), text.size()});
  status.SetPayload(kExitCode, absl::Cord(std::to_string(exit_code)));
  return status;
}

int PrintError(const absl::Status& status) {
  std::cerr << "Error: " << base::VisibleLines(base::ToStd(status.message())) << '\n';
  if (status.GetPayload(kUsage).has_value()) return kExitUsage;
  const auto code = status.GetPayload(kExitCode);
  return code.has_value() ? std::atoi(std::string(*code).c_str()) : kExitFailed;
}

std::string Cell(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>()
                            : found->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string TimeCell(const Json& object, const char* key) {
  std::string text = Cell(object, key);
  const size_t point = text.find('.');
  if (point == std::string::npos) return text;
  const size_t zone = text.find_first_not_of("0123456789", point + 1);
  return text.erase(point, std::min(zone, text.size()) - point);
}

}  // namespace skyden::cli
