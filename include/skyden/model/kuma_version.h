// SPDX-License-Identifier: Apache-2.0
// Which Kuma a control plane or a zone is like: its types, their shapes and rules, and what it says
// of them. What differs is data (schema/resources/, `versions` and `v3`) or stands in a table of
// rules; nobody else asks which version it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace skyden::model {

// Kuma 2.x, and 3.x.
enum class KumaVersion : uint8_t { kTwo, kThree };

inline constexpr std::array kKumaVersions = {KumaVersion::kTwo, KumaVersion::kThree};
// As a control plane's `version` says it, in the order of kKumaVersions.
inline constexpr std::array<std::string_view, 2> kKumaVersionNames = {"v2", "v3"};

constexpr std::string_view NameOf(KumaVersion version) {
  return kKumaVersionNames[static_cast<size_t>(version)];
}

// nullopt: it names none.
constexpr std::optional<KumaVersion> ParseKumaVersion(std::string_view name) {
  for (const KumaVersion version : kKumaVersions) {
    if (NameOf(version) == name) return version;
  }
  return std::nullopt;
}

// One of a thing for each version.
template <class T>
struct ByVersion {
  std::array<T, kKumaVersions.size()> of{};
  constexpr T& operator[](KumaVersion version) { return of[static_cast<size_t>(version)]; }
  constexpr const T& operator[](KumaVersion version) const {
    return of[static_cast<size_t>(version)];
  }
};

}  // namespace skyden::model
