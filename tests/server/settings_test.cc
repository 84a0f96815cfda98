// SPDX-License-Identifier: Apache-2.0
// Each setting, given what it cannot be, says why in one line that begins with its name. A setting
// that this file does not know fails it.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "skyden/base/strings.h"
#include "skyden/server/config.h"

namespace skyden::server {
namespace {

// A value, and what is said of it. The flag's name is put in front.
struct Refused {
  std::string value;
  std::string why;
};
const char kNotAddress[] = "is not an address to listen on (an IP or localhost, a colon, a port)";
const char kNotSwitch[] = "\"yes\" is not true or false";

const std::map<std::string, std::vector<Refused>>& BadValues() {
  static const std::map<std::string, std::vector<Refused>> all = {
      {"http_address", {{"5681", kNotAddress}, {"", kNotAddress}, {"localhost:-1", kNotAddress}}},
      {"admin_address", {{"example.com:1", kNotAddress}}},
      {"kds_address", {{"127.0.0.1:65536", kNotAddress}}},
      {"diagnostics_address", {{"127.0.0.1:", kNotAddress}}},
      {"http_allow_plaintext", {{"yes", kNotSwitch}}},
      {"admin_allow_plaintext", {{"yes", kNotSwitch}}},
      {"kds_allow_plaintext", {{"yes", kNotSwitch}}},
      {"diagnostics_allow_plaintext", {{"yes", kNotSwitch}}},
      {"allow_core_dumps", {{"1", "\"1\" is not true or false"}}},
      {"kds_header_credentials_only", {{"", "\"\" is not true or false"}}},
      {"console", {{"on", "\"on\" is not true or false"}}},
      {"trusted_proxies", {{"10.0.0.1, proxy", "\" proxy\" is not an IP address"}}},
      {"oidc_roles", {{"admins", ""}, {"admins=King", ""}, {"admins=team:", ""}}},
      {"oidc_clock_leeway", {{"11m", "\"11m\" is not a duration from 0s to 10m"}}},
      {"default_version", {{"v4", "\"v4\" is not v2 or v3"}, {"3", ""}}},
      {"v3_refuses_unknown", {{"yes", kNotSwitch}}},
      {"audit_destinations_internal", {{"yes", kNotSwitch}}},
      {"log_level", {{"loud", "\"loud\" is not debug, info, warning or error"}}},
      {"worker_threads", {{"0", "is not a number from 1 to 256"}, {"257", ""}, {"2.5", ""}}},
      {"store_readers", {{"65", "is not a number from 1 to 64"}, {"-1", ""}}},
      {"drain_time", {{"61m", "is not a duration from 0s to 1h"}, {"10", ""}, {"-1s", ""}}},
      {"audit_retention", {{"soon", "is not 0s, or a duration from 1h"}}},
      {"audit_retention_mib", {{"-1", "is not a number from 0 to"}}},
      {"history_retention",
       {{"soon", "is not 0s, or a duration from 1h"}, {"1m", "is not 0s, or a duration from 1h"}}},
      {"history_mib", {{"-1", "is not a number from 0 to"}}},
      {"deleted_retention", {{"1m", "is not 0s, or a duration from 1h"}}},
      {"usage_retention", {{"1m", "is not 0s, or a duration from 1h"}}},
      {"connections", {{"0", "is not a number from 1 to"}}},
      {"admin_connections", {{"0", "is not a number from 1 to"}}},
      {"kds_connections", {{"99999999999", "is not a number from 1 to"}}},
      {"connections_per_address", {{"0", "is not a number from 1 to"}}},
      {"kds_connections_per_address", {{"0", "is not a number from 1 to"}}},
      {"connections_per_second_per_address", {{"-1", "is not a number from 0 to"}}},
      {"requests_per_second_per_address", {{"1/s", "is not a number from 0 to"}}},
      {"requests_per_second_per_token", {{" 1", "is not a number from 0 to"}}},
      {"quota_resources", {{"none", "is not a number from 0 to"}}},
      {"quota_mib", {{"1g", "is not a number from 0 to"}}},
      {"store", {{"mysql", "\"mysql\" is not sqlite or postgres"}, {"", ""}}},
      {"postgres_require_sync", {{"yes", kNotSwitch}}},
      {"postgres_shared", {{"yes", kNotSwitch}}},
      {"peer_address", {{"5686", kNotAddress}, {"skyden-1:5686", kNotAddress}}},
      {"quota_zones", {{"+1", "is not a number from 0 to"}}},
  };
  return all;
}

// What is refused only together with others, or for what is on the disk: the flags, and the line.
struct Together {
  std::map<std::string, std::string> flags;
  std::string line;
};
std::map<std::string, std::string> With(std::map<std::string, std::string> flags,
                                        const std::map<std::string, std::string>& more) {
  flags.insert(more.begin(), more.end());
  return flags;
}
const std::map<std::string, std::vector<Together>>& BadTogether() {
  const std::string none = "/nowhere/file";
  const std::string issuer = "https://login.example.com";
  const std::string hook = "https://audit.example.com";
  const std::map<std::string, std::string> shared = {
      {"store", "postgres"}, {"postgres_dsn_file", none}, {"postgres_shared", "true"}};
  static const std::map<std::string, std::vector<Together>> all = {
      {"data_dir", {{{{"data_dir", ""}}, "data_dir: must not be empty"}}},
      {"http_certificate_file",
       {{{{"http_certificate_file", none}}, "http_key_file: needed as well"}}},
      {"http_key_file", {{{{"http_key_file", none}}, "http_certificate_file: needed as well"}}},
      {"admin_certificate_file",
       {{{{"admin_certificate_file", none}, {"admin_key_file", none}},
         "admin_certificate_file: cannot read /nowhere/file"}}},
      {"admin_key_file", {{{{"admin_key_file", none}}, "admin_certificate_file: needed as well"}}},
      {"kds_certificate_file",
       {{{{"kds_certificate_file", none}}, "kds_key_file: needed as well"}}},
      {"kds_key_file", {{{{"kds_key_file", none}}, "kds_certificate_file: needed as well"}}},
      {"admin_client_ca_file",
       {{{{"admin_client_ca_file", none}}, "admin_client_ca_file: cannot read /nowhere/file"},
        {{{"admin_client_ca_file", "/dev/null"}},
         "admin_client_ca_file: needs admin_certificate_file"}}},
      {"postgres_dsn_file",
       {{{{"store", "postgres"}}, "postgres_dsn_file: needed as well"},
        {{{"postgres_dsn_file", none}}, "store: must be postgres where postgres_* is set"}}},
      {"postgres_ca_file",
       {{{{"store", "postgres"}, {"postgres_dsn_file", none}, {"postgres_ca_file", none}},
         "postgres_ca_file: cannot read /nowhere/file"}}},
      {"peer_address",
       {{{{"peer_public_address", "skyden-1:5686"}}, "peer_address: needed as well"},
        {{{"peer_address", "127.0.0.1:5686"}}, "postgres_shared: must be true with peer_address"}}},
      {"peer_public_address",
       {{With(shared, {{"peer_address", "0.0.0.0:5686"}}), "peer_public_address: needed as well"},
        {With(shared, {{"peer_address", "127.0.0.1:5686"}, {"peer_public_address", "skyden-1"}}),
         "peer_public_address: must be like skyden-1.example.com:5686"}}},
      {"peer_certificate_file",
       {{With(shared, {{"peer_address", "10.0.0.1:5686"}}),
         "peer_certificate_file: needed as well, with peer_key_file and peer_ca_file"},
        {With(shared,
              {{"peer_address", "127.0.0.1:5686"}, {"peer_public_address", "skyden-1:5686"}}),
         "peer_certificate_file: needed as well, with peer_key_file and peer_ca_file"},
        {{{"peer_key_file", "/dev/null"}}, "peer_certificate_file: needed as well"}}},
      {"peer_key_file",
       {{{{"peer_certificate_file", "/dev/null"}}, "peer_key_file: needed as well"}}},
      {"peer_ca_file",
       {{{{"peer_certificate_file", "/dev/null"}, {"peer_key_file", "/dev/null"}},
         "peer_ca_file: needed as well"},
        {{{"peer_certificate_file", "/dev/null"},
          {"peer_key_file", "/dev/null"},
          {"peer_ca_file", none}},
         "peer_ca_file: cannot read /nowhere/file"}}},
      {"http_public_address",
       {{{{"http_public_address", "skyden.example.com"}},
         "http_public_address: must be like https://skyden.example.com"},
        {{{"http_public_address", "https://skyden.example.com/"}},
         "http_public_address: must be like https://skyden.example.com"}}},
      {"kds_public_address",
       {{{{"kds_public_address", "kds.example.com:5685"}},
         "kds_public_address: must begin with grpc:// or grpcs://"}}},
      {"oidc_issuer",
       {{{{"oidc_issuer", "login.example.com"}}, "oidc_issuer: must begin with https://"}}},
      {"oidc_client_id",
       {{{{"oidc_client_secret_file", "/dev/null"}}, "oidc_client_id: needed as well"},
        {{{"oidc_client_id", "skyden"}}, "oidc_issuer: needed as well"},
        {{{"oidc_client_id", "skyden"}, {"oidc_issuer", issuer}},
         "http_public_address: needed as well"}}},
      {"oidc_client_secret_file",
       {{{{"oidc_client_id", "skyden"},
          {"oidc_issuer", issuer},
          {"http_public_address", "https://skyden.example.com"},
          {"oidc_client_secret_file", none}},
         "oidc_client_secret_file: cannot read /nowhere/file"}}},
      {"oidc_audience", {{{{"oidc_issuer", issuer}}, "oidc_audience: needed as well"}}},
      {"oidc_organization",
       {{{{"oidc_issuer", issuer}, {"oidc_audience", "a"}, {"oidc_organization", ""}},
         "oidc_organization: must not be empty"}}},
      {"oidc_ca_file",
       {{{{"oidc_issuer", issuer}, {"oidc_audience", "a"}, {"oidc_ca_file", none}},
         "oidc_ca_file: cannot read /nowhere/file"}}},
      {"audit_webhook_url",
       {{{{"audit_webhook_url", "audit.example.com"}},
         "audit_webhook_url: must begin with http:// or https://"}}},
      {"audit_webhook_secret_file",
       {{{{"audit_webhook_url", hook}}, "audit_webhook_secret_file: needed as well"},
        {{{"audit_webhook_url", hook}, {"audit_webhook_secret_file", none}},
         "audit_webhook_secret_file: cannot read /nowhere/file"}}},
      {"audit_webhook_ca_file",
       {{{{"audit_webhook_url", hook},
          {"audit_webhook_secret_file", "/dev/null"},
          {"audit_webhook_ca_file", none}},
         "audit_webhook_ca_file: cannot read /nowhere/file"}}},
      {"audit_destinations_ca_file",
       {{{{"audit_destinations_ca_file", none}},
         "audit_destinations_ca_file: cannot read /nowhere/file"}}},
  };
  return all;
}

// Any text may be meant; a key file and a folder are looked at when they are opened.
const std::set<std::string> kAnyText = {"kuma_gui_dir", "oidc_groups_claim", "secrets_key_file"};

std::string Message(std::map<std::string, std::string> flags) {
  ConfigSources sources;
  sources.flags = std::move(flags);
  const auto config = LoadConfig(sources);
  if (config.ok()) return "taken";
  CHECK(absl::IsInvalidArgument(config.status()));
  return std::string(base::ToStd(config.status().message()));
}

TEST_CASE("each setting is refused with its reason", "[server][config]") {
  for (const SettingInfo& setting : Settings()) {
    INFO(setting.key);
    const auto bad = BadValues().find(setting.key);
    const auto together = BadTogether().find(setting.key);
    const bool known = bad != BadValues().end() || together != BadTogether().end() ||
                       kAnyText.contains(setting.key);
    CHECK(known);
    if (bad != BadValues().end()) {
      for (const Refused& refused : bad->second) {
        const std::string message = Message({{setting.key, refused.value}});
        INFO(refused.value << ": " << message);
        CHECK(message.rfind(FlagOf(setting.key) + ": ", 0) == 0);
        CHECK(message.find(refused.why) != std::string::npos);
        CHECK(message.find('\n') == std::string::npos);
      }
    }
    if (together == BadTogether().end()) continue;
    for (const Together& refused : together->second) {
      const std::string message = Message(refused.flags);
      INFO(message);
      CHECK(message.rfind(refused.line, 0) == 0);
    }
  }
}

TEST_CASE("no row of a setting that is gone", "[server][config]") {
  std::set<std::string> keys;
  for (const SettingInfo& setting : Settings()) keys.insert(setting.key);
  for (const auto& [key, rows] : BadValues()) CHECK(keys.contains(key));
  for (const auto& [key, rows] : BadTogether()) CHECK(keys.contains(key));
  for (const std::string& key : kAnyText) CHECK(keys.contains(key));
}

}  // namespace
}  // namespace skyden::server
