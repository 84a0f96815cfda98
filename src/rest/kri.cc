// SPDX-License-Identifier: Apache-2.0
#include "rest/kri.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "rest/go_numbers.h"

namespace skyden::rest {
namespace {

constexpr size_t kStoredNameBytes = 253;
constexpr size_t kHashSuffixBytes = 17;  // a dash and 16 letters
constexpr size_t kPartsMin = 7;

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find('_');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// What came from a zone is stored under a name that ends in a hash of where it was made: FNV-1a of
// the parts, in hexadecimal, each digit then replaced by a letter that spells no words.
std::string StoredName(std::string_view mesh, std::string_view name, std::string_view zone,
                       std::string_view name_space) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const std::string_view part : {mesh, name, zone, name_space}) {
    for (const char c : part) {
      hash ^= static_cast<unsigned char>(c);
      hash *= 0x100000001b3u;
    }
  }
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix = fmt::format("{:016x}", hash);
  for (char& c : suffix) c = kLetters[static_cast<unsigned char>(c) % kLetters.size()];
  return fmt::format("{}-{}", name.substr(0, kStoredNameBytes - kHashSuffixBytes), suffix);
}

}  // namespace

absl::StatusOr<Kri> ParseKri(const model::TypeRegistry& registry, std::string_view text,
                             model::KumaVersion version) {
  const std::vector<std::string_view> parts = Split(text);
  if (parts.size() < kPartsMin) {
    return absl::InvalidArgumentError(
        fmt::format("bad request: invalid identifier string: {}", GoQuoted(text)));
  }
  if (parts[0] != "kri") {
    return absl::InvalidArgumentError(
        fmt::format("bad request: identifier must start with 'kri': {}", GoQuoted(text)));
  }
  const model::TypeDescriptor* type =
      parts[1].empty() ? nullptr : registry.FindByShortName(parts[1]);
  if (type == nullptr || !registry.In(version).Has(type->id)) {
    return absl::InvalidArgumentError(
        fmt::format("bad request: unknown short name of resource type: {}", GoQuoted(parts[1])));
  }
  Kri kri;
  kri.type = type;
  kri.mesh = parts[2];
  kri.zone = parts[3];
  kri.name_space = parts[4];
  kri.name = parts[5];
  for (size_t i = kPartsMin - 1; i < parts.size(); ++i) kri.section += parts[i];
  kri.key.mesh = parts[2];
  const std::string_view zone = parts[3];
  kri.key.name =
      zone.empty() ? std::string(parts[5]) : StoredName(parts[2], parts[5], zone, kri.name_space);
  return kri;
}

}  // namespace skyden::rest
