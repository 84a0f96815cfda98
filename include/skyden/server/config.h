// SPDX-License-Identifier: Apache-2.0
// What an operator can set. Every setting has one key, and three places: the key in the YAML file,
// SKYDEN_<KEY> in the environment, and --<key-with-dashes> on the command line. Later ones win.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/limits.h"
#include "skyden/base/limits_past.h"
#include "skyden/model/kuma_version.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {

// One listening address. Plaintext away from loopback has to be asked for.
struct PortConfig {
  std::string address = {};
  std::string certificate_file = {};  // PEM; empty: plaintext
  std::string key_file = {};
  bool allow_plaintext = false;
  std::string client_ca_file = {};  // admin only: clients need a certificate of it

  bool tls() const { return !certificate_file.empty(); }
};

// Where other daemons of the same database ask this one. Off without an address.
struct PeerConfig {
  std::string address = {};
  std::string public_address = {};    // what others dial; empty: what was bound
  std::string certificate_file = {};  // PEM, with the two others; empty: loopback only
  std::string key_file = {};
  std::string ca_file = {};
};

// People who sign in at an identity provider. Off without an issuer.
struct OidcConfig {
  std::string issuer = {};
  std::string audience = {};
  std::string organization = "default";  // by name; whose users they are
  std::string groups_claim = "groups";
  std::string roles = {};  // see identity::ParseGroupRoles
  std::string ca_file = {};
  std::string client_id = {};           // for browsers; empty: they cannot sign in there
  std::string client_secret_file = {};  // empty: a public client
  absl::Duration clock_leeway = absl::Minutes(1);
};

struct Config {
  std::string data_dir = "skyden-data";
  PortConfig http{.address = "127.0.0.1:5681"};
  PortConfig admin{.address = "127.0.0.1:5684"};
  PortConfig kds{.address = "127.0.0.1:5685"};
  PortConfig diagnostics{.address = "127.0.0.1:5680"};
  std::string http_public_address;           // what people's browsers open; empty: as they ask
  std::string kds_public_address;            // what zones are told to dial; empty: what was bound
  std::vector<std::string> trusted_proxies;  // IPs whose X-Forwarded-* headers count
  bool console = true;                       // the page for people
  std::string kuma_gui_dir;                  // a copy of Kuma's GUI; empty: none is served
  std::string secrets_key_file;              // empty: <data_dir>/secrets.key

  // Where everything is kept.
  enum class Engine { kSqlite, kPostgres } store = Engine::kSqlite;
  std::string postgres_dsn_file;  // kPostgres only: see store::LoadPostgresLogins
  std::string postgres_ca_file;   // empty: as the connection strings say
  bool postgres_require_sync = false;
  bool postgres_shared = false;  // beside other daemons over the same database
  PeerConfig peer;

  OidcConfig oidc;
  telemetry::Level log_level = telemetry::Level::info;
  int worker_threads = 8;
  int store_readers = 4;
  absl::Duration drain_time = absl::Seconds(10);
  bool allow_core_dumps = false;  // they hold credentials

  // The audit.
  absl::Duration audit_retention;  // 0: for ever
  int audit_retention_mib = 256;   // of each organization; 0: all
  std::string audit_webhook_url;   // empty: none
  std::string audit_webhook_secret_file;
  std::string audit_webhook_ca_file;  // empty: the system's authorities
  // Where organizations have theirs sent: this host and its link, too.
  bool audit_destinations_internal = false;
  std::string audit_destinations_ca_file;  // empty: the system's authorities

  // What is past.
  absl::Duration history_retention = absl::Hours(24 * 30);  // of what people wrote; 0: for ever
  int history_mib = base::limits::kHistoryMib;              // of each control plane; 0: nothing
  absl::Duration deleted_retention = absl::Hours(24 * 7);   // 0: what is deleted is gone at once
  absl::Duration usage_retention = absl::Hours(24 * 400);   // of what was used; 0: for ever

  // Of a control plane for which none is asked.
  model::KumaVersion default_version = model::KumaVersion::kTwo;
  bool v3_refuses_unknown = false;  // see resources::Unknown

  // How much a control plane may hold where nobody set another; 0: no limit.
  int quota_resources = base::limits::kQuotaResources;
  int quota_mib = base::limits::kQuotaMib;
  int quota_zones = base::limits::kQuotaZones;

  // At the door.
  int connections = static_cast<int>(base::limits::kHttpConnections);
  int admin_connections = static_cast<int>(base::limits::kAdminConnections);
  int kds_connections = static_cast<int>(base::limits::kKdsConnections);
  int connections_per_address = static_cast<int>(base::limits::kConnectionsPerAddress);
  int kds_connections_per_address = static_cast<int>(base::limits::kZonesPerControlPlane);
  int connections_per_second_per_address = static_cast<int>(base::limits::kArrivals.per_second);
  bool kds_header_credentials_only = false;
  int requests_per_second_per_address = 0;  // 0: no limit
  int requests_per_second_per_token = 0;

  // The keys of what somebody gave, whatever the value.
  std::set<std::string, std::less<>> given = {};
};

// What the command line needs to know of a setting.
struct SettingInfo {
  std::string key;   // "http_address"
  std::string help;  // one line
  bool is_switch;    // true or false; on the command line it needs no value
};
std::vector<SettingInfo> Settings();
std::string FlagOf(std::string_view key);         // "--http-address"
std::string EnvironmentOf(std::string_view key);  // "SKYDEN_HTTP_ADDRESS"

struct ConfigSources {
  std::string file;                                // path of a YAML file; empty for none
  std::map<std::string, std::string> environment;  // every variable that begins with SKYDEN_
  std::map<std::string, std::string> flags;        // by key
};
// The effective configuration. INVALID_ARGUMENT: one line that names the place and the field.
absl::StatusOr<Config> LoadConfig(const ConfigSources& sources);

// As a YAML file that LoadConfig would read back; passwords inside addresses are masked.
std::string PrintConfig(const Config& config);

// Variables of `environment` that look like settings but are none (a typing mistake, most often).
struct UnknownVariable {
  std::string name;
  std::string advice;  // names the nearest that is one
};
std::vector<UnknownVariable> UnknownVariables(
    const std::map<std::string, std::string>& environment);

}  // namespace skyden::server
