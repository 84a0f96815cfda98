// SPDX-License-Identifier: Apache-2.0
// Kinds of text that rules ask for: names, addresses, URLs, paths, identities, certificates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::resources::rules_json {

// What is wrong with it, in the words of Kubernetes; nothing when it is right.
std::vector<std::string> WhyNotDns1123Subdomain(std::string_view text);
std::vector<std::string> WhyNotDns1123Label(std::string_view text);
std::vector<std::string> WhyNotDns1035Label(std::string_view text);

// "" when `text` is a SPIFFE ID; the reason otherwise.
std::string WhyNotSpiffeId(std::string_view text);

// A URL or host with an optional port, read generously.
bool IsUrl(std::string_view text);
// An absolute path of Unix or Windows.
bool IsFilePath(std::string_view text);
bool IsCidr(std::string_view text);
// A PEM block that is not a private key.
bool IsPemCertificate(std::string_view text);
// As IsIp, and IPv4 parts may have leading zeros.
bool IsIpSloppy(std::string_view text);

}  // namespace skyden::resources::rules_json
