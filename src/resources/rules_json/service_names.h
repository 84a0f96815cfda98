// SPDX-License-Identifier: Apache-2.0
// Names that services get in DNS and in SNI.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/rules_json/rules.h"

namespace skyden::resources::rules_json {

// `sni.<short>.<mesh>[.<zone>[.<namespace>]].<name>.<section>`
std::string SniOf(const Subject& subject, std::string_view short_name, std::string_view section);

std::string PortText(const Node& port);

// When the display name is no RFC 1035 label.
void WarnAboutName(const Subject& subject, std::vector<std::string>& warnings);
// One warning for each reason why the SNI of this section will not do.
void WarnAboutSni(const Subject& subject, std::string_view short_name, std::string_view section,
                  std::vector<std::string>& warnings);

}  // namespace skyden::resources::rules_json
