// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"
#include "resources/rules_json/service_names.h"

namespace skyden::resources::rules_json {
namespace {

constexpr model::ByVersion<const char*> kSelectors = {
    {"must specify only one of: dataplaneTags, dataplaneRef, or dataplaneLabels",
     "must specify only one of: dataplaneRef or dataplaneLabels"}};

void Check(const Node& spec, const Subject& subject, Report& report) {
  if (subject.DisplayName().size() > 253) {
    report.Add(Path("name"), "must not be longer than 253 characters");
  }
  const Node selector = spec["selector"];
  const int selectors = (selector.Has("dataplaneTags") ? 1 : 0) +
                        (selector.Has("dataplaneRef") ? 1 : 0) +
                        (selector.Has("dataplaneLabels") ? 1 : 0);
  if (selectors > 1) {
    report.Add(selector, kSelectors[report.version()]);
  }
}

void Warn(const Node& spec, const Subject& subject, std::vector<std::string>& warnings) {
  WarnAboutName(subject, warnings);
  for (const Node& port : spec["ports"].Items()) {
    const Node name = port["name"];
    WarnAboutSni(subject, "msvc", name ? std::string(name.text()) : PortText(port["port"]),
                 warnings);
  }
}

}  // namespace

extern const Rules kMeshServiceRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
