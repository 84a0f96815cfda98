// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/service_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "resources/go/text.h"
#include "resources/rules_json/text.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_json {
namespace {

constexpr size_t kHostnameMax = 253;

struct Part {
  std::string_view what;
  std::string_view value;
};

// The parts of an SNI that name the service, without its section.
std::vector<Part> PartsOf(const Subject& subject) {
  std::vector<Part> parts = {{"mesh", subject.mesh}, {"name", subject.DisplayName()}};
  const std::string_view zone = subject.Label(model::kZoneLabel);
  const std::string_view name_space = subject.Label(model::kNamespaceLabel);
  if (!zone.empty()) {
    parts.push_back({"zone", zone});
    if (!name_space.empty()) parts.push_back({"namespace", name_space});
  }
  return parts;
}

std::vector<std::string> WhyNotSni(const Subject& subject, std::string_view short_name,
                                   std::string_view section) {
  if (subject.mesh.empty() || subject.DisplayName().empty() || section.empty()) {
    return {"mesh, name and sectionName must be non-empty"};
  }
  std::vector<std::string> why;
  for (const Part& part : PartsOf(subject)) {
    const std::vector<std::string> reasons = WhyNotDns1123Label(part.value);
    if (reasons.empty()) continue;
    why.push_back(fmt::format("{} {} does not conform to RFC 1123: {}", part.what,
                              GoQuote(part.value), fmt::join(reasons, "; ")));
  }
  if (const auto reasons = WhyNotDns1123Label(section); !reasons.empty()) {
    why.push_back(fmt::format("{}", fmt::join(reasons, "; ")));
  }
  if (const size_t size = SniOf(subject, short_name, section).size(); size > kHostnameMax) {
    why.push_back(
        fmt::format("computed SNI is {} characters which exceeds the DNS hostname limit ({})", size,
                    kHostnameMax));
  }
  return why;
}

}  // namespace

std::string SniOf(const Subject& subject, std::string_view short_name, std::string_view section) {
  std::string sni = fmt::format("sni.{}.{}", short_name, subject.mesh);
  const std::string_view zone = subject.Label(model::kZoneLabel);
  const std::string_view name_space = subject.Label(model::kNamespaceLabel);
  if (!zone.empty()) sni += fmt::format(".{}", zone);
  if (!zone.empty() && !name_space.empty()) sni += fmt::format(".{}", name_space);
  return sni + fmt::format(".{}.{}", subject.DisplayName(), section);
}

std::string PortText(const Node& port) {
  return fmt::format("{}", static_cast<int64_t>(port.number()));
}

void WarnAboutName(const Subject& subject, std::vector<std::string>& warnings) {
  const std::string_view name = subject.DisplayName();
  if (const auto reasons = WhyNotDns1035Label(name); !reasons.empty()) {
    warnings.push_back(
        fmt::format("Invalid {} resource name: '{}'. It does not conform to the DNS format (RFC "
                    "1035). This is deprecated. Errors: {}",
                    subject.type, name, fmt::join(reasons, "; ")));
  }
}

void WarnAboutSni(const Subject& subject, std::string_view short_name, std::string_view section,
                  std::vector<std::string>& warnings) {
  for (const std::string& why : WhyNotSni(subject, short_name, section)) {
    warnings.push_back(fmt::format("Invalid {} SNI (port {}): {}. This is deprecated.",
                                   subject.type, GoQuote(section), why));
  }
}

}  // namespace skyden::resources::rules_json
