// SPDX-License-Identifier: Apache-2.0
#include "kds/names.h"

#include <charconv>

#include "skyden/model/kuma_labels.h"
#include "skyden/resources/generations.h"

namespace skyden::kds {
namespace {

constexpr size_t kNameMax = 253;
constexpr size_t kSuffixLength = 17;  // a dash and sixteen letters
// The alphabet Kubernetes uses for generated names: nothing that could spell a word.
constexpr std::string_view kSafeLetters = "bcdfghjklmnpqrstvwxz2456789";

class Fnv1a64 {
 public:
  void Add(std::string_view text) {
    for (const char c : text) {
      hash_ ^= static_cast<uint8_t>(c);
      hash_ *= 0x100000001b3ull;
    }
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325ull;
};

// "v3" and what comes after it.
bool NamesThird(std::string_view zone_version) {
  if (!zone_version.starts_with('v')) return false;
  int number = 0;
  const char* const end = zone_version.data() + zone_version.size();
  const auto [stop, error] = std::from_chars(zone_version.data() + 1, end, number);
  return error == std::errc() && stop == end && number >= 3;
}

}  // namespace

Features FeatureOf(std::string_view name) {
  if (name == "hash-suffix") return kHashSuffix;
  if (name == "hg-mz-selector") return kMultiZoneSelector;
  if (name == "producer-policy-flow") return kProducerPolicies;
  if (name == "optional-top-level-target-ref") return kOptionalTargetRef;
  return 0;
}

Features FeaturesOfVersion(std::string_view zone_version, std::string_view version) {
  const bool third =
      NamesThird(zone_version) || resources::GenerationOf(version) == resources::Generation::kThree;
  // All of them read policies without a top-level targetRef, and none says so any more.
  return third ? kThirdGeneration | kOptionalTargetRef : Features{0};
}

std::string_view DisplayNameOf(const model::Labels& labels, std::string_view name) {
  const std::string_view display_name = model::LabelOf(labels, model::kDisplayNameLabel);
  return display_name.empty() ? name : display_name;
}

std::string HashedName(std::string_view mesh, std::string_view display_name,
                       const model::Labels& labels) {
  Fnv1a64 hash;
  hash.Add(mesh);
  hash.Add(display_name);
  hash.Add(model::LabelOf(labels, model::kZoneLabel));
  hash.Add(model::LabelOf(labels, model::kNamespaceLabel));
  std::string name(display_name.substr(0, kNameMax - kSuffixLength));
  name += '-';
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) {
    const char digit = kHex[(hash.value() >> shift) & 15];
    name += kSafeLetters[static_cast<uint8_t>(digit) % kSafeLetters.size()];
  }
  return name;
}

std::string_view ZoneOf(const model::Labels& labels, std::string_view name) {
  const std::string_view zone = model::LabelOf(labels, model::kZoneLabel);
  return zone.empty() ? name.substr(0, name.find('.')) : zone;
}

}  // namespace skyden::kds
