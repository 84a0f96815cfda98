// SPDX-License-Identifier: Apache-2.0
#include "kds/refusal_text.h"

#include <algorithm>

#include "kds/delta_client.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

constexpr size_t kSecretRun = 40;

bool IsHeader(std::string_view line) { return line == "user error" || line == "internal error"; }

// What stands between quotes right behind `before`; empty when it is not there.
std::string_view QuotedAfter(std::string_view line, std::string_view before) {
  const size_t at = line.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + before.size());
  const size_t end = rest.find('"');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

std::string_view NameIn(std::string_view line) {
  const std::string_view named = QuotedAfter(line, " name=\"");
  return named.empty() ? QuotedAfter(line, ".kuma.io \"") : named;
}

// Of base64 in either alphabet, and of what joins the parts of a token.
bool IsSecretCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=' || c == '_';
}

bool BeginsLikeToken(std::string_view run) {
  return run.starts_with("eyJ") || run.starts_with("skpat_") || run.starts_with("sksat_") ||
         run.starts_with("spat_") || run.starts_with("kpat_");
}

// Long, and mixed as no path or name is: base64, or all hexadecimal digits.
bool LooksRandom(std::string_view run) {
  if (run.size() < kSecretRun) return false;
  bool upper = false, lower = false, digit = false, hex = true;
  for (const char c : run) {
    upper = upper || (c >= 'A' && c <= 'Z');
    lower = lower || (c >= 'a' && c <= 'z');
    digit = digit || (c >= '0' && c <= '9');
    hex = hex && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
  }
  return hex || (upper && lower && digit);
}

// A JWT goes on behind its dots, a token of ours behind dashes.
bool IsTokenCharacter(char c) { return IsSecretCharacter(c) || c == '.' || c == '-'; }

std::string WithoutPem(std::string text) {
  size_t at = 0;
  while ((at = text.find("-----BEGIN", at)) != std::string::npos) {
    size_t end = text.find("-----END", at);
    if (end != std::string::npos) end = text.find("-----", end + 8);
    end = end == std::string::npos ? text.size() : std::min(text.size(), end + 5);
    text.replace(at, end - at, kMask);
    at += kMask.size();
  }
  return text;
}

std::string WithoutTokens(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && IsSecretCharacter(text[end])) ++end;
    std::string_view run = text.substr(at, end - at);
    if (BeginsLikeToken(run)) {
      while (end < text.size() && IsTokenCharacter(text[end])) ++end;
      out += kMask;
    } else if (LooksRandom(run)) {
      out += kMask;
    } else {
      out += run;
      if (end < text.size()) out += text[end++];
    }
    at = end;
  }
  return out;
}

}  // namespace

std::vector<RefusedLine> ReadRefusal(std::string_view message) {
  std::vector<RefusedLine> lines;
  while (!message.empty() && lines.size() < base::limits::kRefusedPerZone) {
    const size_t length = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, length);
    message.remove_prefix(std::min(length + 1, message.size()));
    if (line.empty() || IsHeader(line)) continue;
    if (!lines.empty() && (line.front() == ' ' || line.front() == '\t')) {
      std::string_view& text = lines.back().text;
      text = {text.data(), static_cast<size_t>(line.data() + line.size() - text.data())};
      continue;
    }
    lines.push_back({line, NameIn(line)});
  }
  return lines;
}

std::string ShownReason(const model::TypeDescriptor& type, std::string_view text) {
  if (type.is_secret) return "the zone refused it; what it said of a secret is not shown";
  // Masked before it is cut, or the cut would hide where a secret ends.
  constexpr size_t kLookedAt = 16 * base::limits::kNackTextBytes;
  std::string shown = CutText(WithoutTokens(WithoutPem(std::string(text.substr(0, kLookedAt)))),
                              base::limits::kNackTextBytes);
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  return shown.empty() ? "the zone gave no reason" : shown;
}

}  // namespace skyden::kds
