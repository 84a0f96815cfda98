// SPDX-License-Identifier: Apache-2.0
#include "server/settings.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "server/config_file.h"
#include "server/listen_address.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/status.h"
#include "skyden/identity/oidc.h"

namespace skyden::server {
namespace {

absl::Status Bad(std::string_view text, std::string_view wanted) {
  return absl::InvalidArgumentError(fmt::format("\"{}\" is not {}", MaskUserinfo(text), wanted));
}

template <class Field>
Setting Text(std::string key, std::string help, Field field) {
  return {std::move(key), std::move(help), false,
          [field](Config& c, const std::string& text) {
            field(c) = text;
            return absl::OkStatus();
          },
          [field](const Config& c) { return field(c); }};
}

template <class Field>
Setting Address(std::string key, std::string help, Field field) {
  Setting setting = Text(std::move(key), std::move(help), field);
  setting.set = [field](Config& c, const std::string& text) -> absl::Status {
    if (!ParseListenAddress(text).has_value()) {
      return Bad(text, "an address to listen on (an IP or localhost, a colon, a port)");
    }
    field(c) = text;
    return absl::OkStatus();
  };
  return setting;
}

template <class Field>
Setting Switch(std::string key, std::string help, Field field) {
  return {std::move(key), std::move(help), true,
          [field](Config& c, const std::string& text) {
            if (text != "true" && text != "false") return Bad(text, "true or false");
            field(c) = text == "true";
            return absl::OkStatus();
          },
          [field](const Config& c) { return std::string(field(c) ? "true" : "false"); }};
}

template <class Field>
Setting Count(std::string key, std::string help, int min, int max, Field field) {
  return {std::move(key), std::move(help), false,
          [field, min, max](Config& c, const std::string& text) {
            int value = 0;
            const char* end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, value);
            if (error != std::errc() || rest != end || value < min || value > max) {
              return Bad(text, fmt::format("a number from {} to {}", min, max));
            }
            field(c) = value;
            return absl::OkStatus();
          },
          [field](const Config& c) { return fmt::format("{}", field(c)); }};
}

// `fits`: whether a duration may be set; `wanted` says it in words.
template <class Fits, class Field>
Setting Duration(std::string key, std::string help, std::string wanted, Fits fits, Field field) {
  return {std::move(key), std::move(help), false,
          [field, fits, wanted = std::move(wanted)](Config& c, const std::string& text) {
            const auto value = base::ParseGoDuration(text);
            if (!value.ok() || !fits(*value)) return Bad(text, wanted);
            field(c) = *value;
            return absl::OkStatus();
          },
          [field](const Config& c) { return base::FormatGoDuration(field(c)); }};
}

auto From0To(absl::Duration max) {
  return [max](absl::Duration value) { return value >= absl::ZeroDuration() && value <= max; };
}

std::string LevelText(telemetry::Level level) {
  switch (level) {
    case telemetry::Level::debug:
      return "debug";
    case telemetry::Level::info:
      return "info";
    case telemetry::Level::warning:
      return "warning";
    case telemetry::Level::error:
      return "error";
  }
  return "info";
}

template <class Port>
void AddPort(std::vector<Setting>& table, const std::string& name, const std::string& what,
             Port port) {
  table.push_back(Address(
      name + "_address",
      what + ": address to listen on; port 0 picks one", [port](auto& c) -> auto& {
        return port(c).address;
      }));
  if (name != "diagnostics") {
    table.push_back(Text(
        name + "_certificate_file", what + ": PEM certificate chain", [port](auto& c) -> auto& {
          return port(c).certificate_file;
        }));
    table.push_back(Text(
        name + "_key_file",
        what + ": PEM private key", [port](auto& c) -> auto& { return port(c).key_file; }));
  }
  table.push_back(Switch(
      name + "_allow_plaintext",
      what + ": listen without TLS on other addresses than loopback", [port](auto& c) -> auto& {
        return port(c).allow_plaintext;
      }));
}

void AddAudit(std::vector<Setting>& table) {
  table.push_back(Duration(
      "audit_retention",
      "how long entries of the audit are kept, e.g. 8760h; 0s keeps them for ever",
      "0s, or a duration from 1h",
      [](absl::Duration value) { return value == absl::ZeroDuration() || value >= absl::Hours(1); },
      [](auto& c) -> auto& { return c.audit_retention; }));
  table.push_back(Count(
      "audit_retention_mib",
      "how much of the audit is kept for each organization, in MiB on disk, the newest; 0: all", 0,
      1 << 20, [](auto& c) -> auto& { return c.audit_retention_mib; }));
  table.push_back(Text(
      "audit_webhook_url", "where the audit is sent as it grows, http:// or https://",
      [](auto& c) -> auto& { return c.audit_webhook_url; }));
  table.push_back(Text(
      "audit_webhook_secret_file", "its first line signs what is sent to the webhook",
      [](auto& c) -> auto& { return c.audit_webhook_secret_file; }));
  table.push_back(Text(
      "audit_webhook_ca_file", "authorities of the webhook's certificate, PEM",
      [](auto& c) -> auto& { return c.audit_webhook_ca_file; }));
  table.push_back(Switch(
      "audit_destinations_internal",
      "let organizations have their audit sent to this host and its link as well: an administrator "
      "of one can then have the daemon connect there",
      [](auto& c) -> auto& { return c.audit_destinations_internal; }));
  table.push_back(Text(
      "audit_destinations_ca_file",
      "authorities of the certificates of organizations' destinations of the audit, PEM",
      [](auto& c) -> auto& { return c.audit_destinations_ca_file; }));
}

void AddPast(std::vector<Setting>& table) {
  const auto none_or_an_hour = [](absl::Duration value) {
    return value == absl::ZeroDuration() || value >= absl::Hours(1);
  };
  table.push_back(Duration(
      "history_retention",
      "how long it is kept what people wrote in control planes, e.g. 720h; 0s keeps it for ever",
      "0s, or a duration from 1h", none_or_an_hour,
      [](auto& c) -> auto& { return c.history_retention; }));
  table.push_back(Count(
      "history_mib",
      "how much of what people wrote is kept for each control plane, in MiB, the newest; 0: none",
      0, 1 << 20, [](auto& c) -> auto& { return c.history_mib; }));
  table.push_back(Duration(
      "deleted_retention",
      "how long a deleted control plane can be had back, e.g. 168h; 0s: it is gone at once",
      "0s, or a duration from 1h", none_or_an_hour,
      [](auto& c) -> auto& { return c.deleted_retention; }));
  table.push_back(Duration(
      "usage_retention",
      "how long it is kept what control planes used, by the hour, e.g. 9600h; 0s keeps it for ever",
      "0s, or a duration from 1h", none_or_an_hour,
      [](auto& c) -> auto& { return c.usage_retention; }));
}

void AddStore(std::vector<Setting>& table) {
  table.push_back(
      {"store", "where everything is kept: sqlite (in data_dir) or postgres", false,
       [](Config& c, const std::string& text) {
         if (text != "sqlite" && text != "postgres") {
           return Bad(text, "sqlite or postgres");
         }
         c.store = text == "postgres" ? Config::Engine::kPostgres : Config::Engine::kSqlite;
         return absl::OkStatus();
       },
       [](const Config& c) {
         return std::string(c.store == Config::Engine::kPostgres ? "postgres" : "sqlite");
       }});
  table.push_back(Text(
      "postgres_dsn_file",
      "store postgres: file (mode 0600) with the connection strings, a line \"app ...\" and a line "
      "\"system ...\"",
      [](auto& c) -> auto& { return c.postgres_dsn_file; }));
  table.push_back(Text(
      "postgres_ca_file", "store postgres: authority of the server's certificate, PEM",
      [](auto& c) -> auto& { return c.postgres_ca_file; }));
  table.push_back(Switch(
      "postgres_require_sync",
      "store postgres: start only where each commit waits for a standby as well",
      [](auto& c) -> auto& { return c.postgres_require_sync; }));
  table.push_back(Switch(
      "postgres_shared",
      "store postgres: other daemons that say so too may serve the same database",
      [](auto& c) -> auto& { return c.postgres_shared; }));
}

void AddPeer(std::vector<Setting>& table) {
  Setting address = Text(
      "peer_address",
      "with postgres_shared: where other daemons ask this one for what only its zones know, e.g. "
      "127.0.0.1:5686; nowhere when empty",
      [](auto& c) -> auto& { return c.peer.address; });
  address.set = [](Config& c, const std::string& text) -> absl::Status {
    if (!text.empty() && !ParseListenAddress(text).has_value()) {
      return Bad(text, "an address to listen on (an IP or localhost, a colon, a port)");
    }
    c.peer.address = text;
    return absl::OkStatus();
  };
  table.push_back(std::move(address));
  table.push_back(Text(
      "peer_public_address",
      "what other daemons dial to ask this one, e.g. skyden-1.example.com:5686; as it listens when "
      "empty",
      [](auto& c) -> auto& { return c.peer.public_address; }));
  table.push_back(Text(
      "peer_certificate_file",
      "between daemons: PEM certificate chain, shown to those that ask and to those that are asked",
      [](auto& c) -> auto& { return c.peer.certificate_file; }));
  table.push_back(Text(
      "peer_key_file", "between daemons: PEM private key",
      [](auto& c) -> auto& { return c.peer.key_file; }));
  table.push_back(Text(
      "peer_ca_file", "between daemons: authority of all their certificates, PEM",
      [](auto& c) -> auto& { return c.peer.ca_file; }));
}

void AddQuotas(std::vector<Setting>& table) {
  constexpr int kMany = 1'000'000'000;
  table.push_back(Count(
      "quota_resources", "resources of a control plane that has no other quota; 0: no limit", 0,
      kMany, [](auto& c) -> auto& { return c.quota_resources; }));
  table.push_back(Count(
      "quota_mib", "MiB of specs of a control plane that has no other quota; 0: no limit", 0, kMany,
      [](auto& c) -> auto& { return c.quota_mib; }));
  table.push_back(Count(
      "quota_zones", "zones of a control plane that has no other quota; 0: no limit", 0, kMany,
      [](auto& c) -> auto& { return c.quota_zones; }));
}

void AddDoor(std::vector<Setting>& table) {
  constexpr int kMany = 1'000'000;
  table.push_back(Count(
      "connections", "REST connections in all", 1, kMany,
      [](auto& c) -> auto& { return c.connections; }));
  table.push_back(Count(
      "admin_connections", "admin gRPC connections in all", 1, kMany,
      [](auto& c) -> auto& { return c.admin_connections; }));
  table.push_back(Count(
      "kds_connections", "connections of zones in all", 1, kMany,
      [](auto& c) -> auto& { return c.kds_connections; }));
  table.push_back(Count(
      "connections_per_address", "REST connections that one address may hold", 1, kMany,
      [](auto& c) -> auto& { return c.connections_per_address; }));
  table.push_back(Count(
      "kds_connections_per_address", "zones that one address may connect", 1, kMany,
      [](auto& c) -> auto& { return c.kds_connections_per_address; }));
  table.push_back(Count(
      "connections_per_second_per_address",
      "new TLS connections of one address on each port, after a burst; 0: no limit", 0, kMany,
      [](auto& c) -> auto& { return c.connections_per_second_per_address; }));
  table.push_back(Switch(
      "kds_header_credentials_only",
      "zones sign in with an authorization header only, not with a token in their global address",
      [](auto& c) -> auto& { return c.kds_header_credentials_only; }));
  table.push_back(Count(
      "requests_per_second_per_address", "REST and admin requests of one address; 0: no limit", 0,
      kMany, [](auto& c) -> auto& { return c.requests_per_second_per_address; }));
  table.push_back(Count(
      "requests_per_second_per_token", "REST and admin requests with one token; 0: no limit", 0,
      kMany, [](auto& c) -> auto& { return c.requests_per_second_per_token; }));
}

void AddOidc(std::vector<Setting>& table) {
  table.push_back(Text(
      "oidc_issuer", "identity provider whose tokens let people in; none when empty",
      [](auto& c) -> auto& { return c.oidc.issuer; }));
  table.push_back(Text(
      "oidc_audience", "what such a token must be for (its `aud`)",
      [](auto& c) -> auto& { return c.oidc.audience; }));
  table.push_back(Text(
      "oidc_organization", "name of the organization these people belong to",
      [](auto& c) -> auto& { return c.oidc.organization; }));
  table.push_back(Text(
      "oidc_groups_claim", "claim that lists a person's groups",
      [](auto& c) -> auto& { return c.oidc.groups_claim; }));
  Setting roles = Text(
      "oidc_roles", "what groups may do: group=Role[@control-plane-id] or group=team:name,...",
      [](auto& c) -> auto& { return c.oidc.roles; });
  roles.set = [](Config& c, const std::string& text) -> absl::Status {
    SKYDEN_RETURN_IF_ERROR(identity::ParseGroupRoles(text).status());
    c.oidc.roles = text;
    return absl::OkStatus();
  };
  table.push_back(std::move(roles));
  table.push_back(Text(
      "oidc_ca_file", "authority of the provider's certificate, PEM; the system's when empty",
      [](auto& c) -> auto& { return c.oidc.ca_file; }));
  table.push_back(Text(
      "oidc_client_id", "as which client browsers sign in at the provider; they cannot when empty",
      [](auto& c) -> auto& { return c.oidc.client_id; }));
  table.push_back(Text(
      "oidc_client_secret_file", "file with that client's secret; a public client when empty",
      [](auto& c) -> auto& { return c.oidc.client_secret_file; }));
  table.push_back(Duration(
      "oidc_clock_leeway", "how far the provider's clock may be off, e.g. 1m",
      "a duration from 0s to 10m", From0To(absl::Minutes(10)),
      [](auto& c) -> auto& { return c.oidc.clock_leeway; }));
}

}  // namespace

std::vector<Setting> MakeSettings() {
  std::vector<Setting> table;
  table.push_back(Text(
      "data_dir", "folder of the database, keys and the operator's token",
      [](auto& c) -> auto& { return c.data_dir; }));
  AddPort(
      table, "http", "REST API", [](auto& c) -> auto& { return c.http; });
  AddPort(
      table, "admin", "admin gRPC", [](auto& c) -> auto& { return c.admin; });
  table.push_back(Text(
      "admin_client_ca_file",
      "admin gRPC: only clients with a certificate of these authorities, PEM",
      [](auto& c) -> auto& { return c.admin.client_ca_file; }));
  AddPort(
      table, "kds", "zones (KDS)", [](auto& c) -> auto& { return c.kds; });
  AddPort(
      table, "diagnostics", "health and metrics", [](auto& c) -> auto& { return c.diagnostics; });
  table.push_back(Text(
      "http_public_address", "address that people's browsers open, e.g. https://skyden.example.com",
      [](auto& c) -> auto& { return c.http_public_address; }));
  table.push_back(Text(
      "kds_public_address",
      "address that zones are told to dial, e.g. grpcs://kds.example.com:5685",
      [](auto& c) -> auto& { return c.kds_public_address; }));
  table.push_back({"trusted_proxies", "IPs, comma-separated, whose X-Forwarded-* headers count",
                   false,
                   [](Config& c, const std::string& text) {
                     c.trusted_proxies = absl::StrSplit(text, ',', absl::SkipWhitespace());
                     for (const std::string& ip : c.trusted_proxies) {
                       if (!IsIp(ip)) return Bad(ip, "an IP address");
                     }
                     return absl::OkStatus();
                   },
                   [](const Config& c) { return absl::StrJoin(c.trusted_proxies, ","); }});
  table.push_back(Switch(
      "console", "the page for people, at /console/ of the REST port",
      [](auto& c) -> auto& { return c.console; }));
  table.push_back(Text(
      "kuma_gui_dir", "a copy of Kuma's own GUI, served for every control plane; none when empty",
      [](auto& c) -> auto& { return c.kuma_gui_dir; }));
  table.push_back(Text(
      "secrets_key_file", "keys that seal secrets at rest; made in data_dir when not given",
      [](auto& c) -> auto& { return c.secrets_key_file; }));
  AddStore(table);
  AddPeer(table);
  AddOidc(table);
  table.push_back(Switch(
      "v3_refuses_unknown",
      "control planes of v3 refuse members and kuma.io/ labels that Kuma 3.0.1 refuses",
      [](auto& c) -> auto& { return c.v3_refuses_unknown; }));
  table.push_back(
      {"default_version",
       "the Kuma that a new control plane is like when nobody says: v2 (2.x) or v3 (3.x)", false,
       [](Config& c, const std::string& text) {
         const auto version = model::ParseKumaVersion(text);
         if (!version) return Bad(text, "v2 or v3");
         c.default_version = *version;
         return absl::OkStatus();
       },
       [](const Config& c) { return std::string(model::NameOf(c.default_version)); }});
  table.push_back({"log_level", "debug, info, warning or error", false,
                   [](Config& c, const std::string& text) {
                     if (telemetry::ParseLogLevel(text, c.log_level)) return absl::OkStatus();
                     return Bad(text, "debug, info, warning or error");
                   },
                   [](const Config& c) { return LevelText(c.log_level); }});
  table.push_back(Count(
      "worker_threads", "threads that serve requests and zones", 1, 256,
      [](auto& c) -> auto& { return c.worker_threads; }));
  table.push_back(Count(
      "store_readers", "connections that read the database", 1, 64,
      [](auto& c) -> auto& { return c.store_readers; }));
  table.push_back(Duration(
      "drain_time", "how long a stop waits for requests in flight, e.g. 10s",
      "a duration from 0s to 1h", From0To(absl::Hours(1)),
      [](auto& c) -> auto& { return c.drain_time; }));
  table.push_back(Switch(
      "allow_core_dumps", "leave a core dump after a crash, with credentials in it",
      [](auto& c) -> auto& { return c.allow_core_dumps; }));
  AddAudit(table);
  AddPast(table);
  AddDoor(table);
  AddQuotas(table);
  return table;
}

}  // namespace skyden::server
