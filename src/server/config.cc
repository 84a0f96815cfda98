// SPDX-License-Identifier: Apache-2.0
// One table says what can be set and how its text is read and printed; file, environment and flags
// are three ways to bring text to it. Checks that span several settings come last.
#include "skyden/server/config.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "server/config_file.h"
#include "server/listen_address.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/oidc.h"

namespace skyden::server {
namespace {

using Set = std::function<absl::Status(Config&, const std::string& text)>;
using Print = std::function<std::string(const Config&)>;

struct Setting {
  std::string key;
  std::string help;
  bool is_switch = false;
  Set set;
  Print print;
};

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
  table.push_back({"audit_retention",
                   "how long entries of the audit are kept, e.g. 8760h; 0s keeps them for ever",
                   false,
                   [](Config& c, const std::string& text) {
                     const auto value = base::ParseGoDuration(text);
                     const bool none = value.ok() && *value == absl::ZeroDuration();
                     if (!value.ok() || (!none && *value < absl::Hours(1))) {
                       return Bad(text, "0s, or a duration from 1h");
                     }
                     c.audit_retention = *value;
                     return absl::OkStatus();
                   },
                   [](const Config& c) { return base::FormatGoDuration(c.audit_retention); }});
  table.push_back(Text(
      "audit_webhook_url", "where the audit is sent as it grows, http:// or https://",
      [](auto& c) -> auto& { return c.audit_webhook_url; }));
  table.push_back(Text(
      "audit_webhook_secret_file", "its first line signs what is sent to the webhook",
      [](auto& c) -> auto& { return c.audit_webhook_secret_file; }));
  table.push_back(Text(
      "audit_webhook_ca_file", "authorities of the webhook's certificate, PEM",
      [](auto& c) -> auto& { return c.audit_webhook_ca_file; }));
}

void AddDoor(std::vector<Setting>& table) {
  constexpr int kMany = 1'000'000;
  table.push_back(Count(
      "connections_per_address", "REST connections that one address may hold", 1, kMany,
      [](auto& c) -> auto& { return c.connections_per_address; }));
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
      "oidc_roles", "what groups may do: group=Role[@control-plane-id],...",
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
  table.push_back({"oidc_clock_leeway", "how far the provider's clock may be off, e.g. 1m", false,
                   [](Config& c, const std::string& text) {
                     const auto value = base::ParseGoDuration(text);
                     if (!value.ok() || *value < absl::ZeroDuration() ||
                         *value > absl::Minutes(10)) {
                       return Bad(text, "a duration from 0s to 10m");
                     }
                     c.oidc.clock_leeway = *value;
                     return absl::OkStatus();
                   },
                   [](const Config& c) { return base::FormatGoDuration(c.oidc.clock_leeway); }});
}

std::vector<Setting> MakeTable() {
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
  table.push_back(Text(
      "secrets_key_file", "keys that seal secrets at rest; made in data_dir when not given",
      [](auto& c) -> auto& { return c.secrets_key_file; }));
  AddOidc(table);
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
  table.push_back({"drain_time", "how long a stop waits for requests in flight, e.g. 10s", false,
                   [](Config& c, const std::string& text) {
                     const auto value = base::ParseGoDuration(text);
                     if (!value.ok() || *value < absl::ZeroDuration() || *value > absl::Hours(1)) {
                       return Bad(text, "a duration from 0s to 1h");
                     }
                     c.drain_time = *value;
                     return absl::OkStatus();
                   },
                   [](const Config& c) { return base::FormatGoDuration(c.drain_time); }});
  table.push_back(Switch(
      "allow_core_dumps", "leave a core dump after a crash, with credentials in it",
      [](auto& c) -> auto& { return c.allow_core_dumps; }));
  AddAudit(table);
  AddDoor(table);
  return table;
}

const Setting* Find(const std::vector<Setting>& table, std::string_view key) {
  const auto found =
      std::find_if(table.begin(), table.end(), [key](const Setting& s) { return s.key == key; });
  return found == table.end() ? nullptr : &*found;
}

absl::Status At(std::string_view place, const absl::Status& status) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", place, base::ToStd(status.message())));
}

absl::Status Field(std::string_view key, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", key, why));
}

absl::Status CheckReadable(const std::string& key, const std::string& path) {
  if (path.empty() || access(path.c_str(), R_OK) == 0) return absl::OkStatus();
  return Field(key, fmt::format("cannot read {}", path));
}

absl::Status CheckPort(const std::string& name, const PortConfig& port) {
  if (port.certificate_file.empty() != port.key_file.empty()) {
    const std::string missing = port.key_file.empty() ? "_key_file" : "_certificate_file";
    return Field(name + missing, "needed as well, a certificate and its key go together");
  }
  SKYDEN_RETURN_IF_ERROR(CheckReadable(name + "_certificate_file", port.certificate_file));
  SKYDEN_RETURN_IF_ERROR(CheckReadable(name + "_key_file", port.key_file));
  const auto address = ParseListenAddress(port.address);
  if (!address->loopback && !port.tls() && !port.allow_plaintext) {
    const std::string_view certificate = name == "diagnostics" ? "" : "give it a certificate, or ";
    return Field(name + "_address",
                 fmt::format("{} is not a loopback address: {}set {}_allow_plaintext", port.address,
                             certificate, name));
  }
  return absl::OkStatus();
}

absl::Status CheckWebhook(const Config& config) {
  const std::string& url = config.audit_webhook_url;
  if (url.empty()) return absl::OkStatus();
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) {
    return Field("audit_webhook_url", "must begin with http:// or https://");
  }
  if (config.audit_webhook_secret_file.empty()) {
    return Field("audit_webhook_secret_file", "needed as well: what is sent is signed");
  }
  SKYDEN_RETURN_IF_ERROR(
      CheckReadable("audit_webhook_secret_file", config.audit_webhook_secret_file));
  return CheckReadable("audit_webhook_ca_file", config.audit_webhook_ca_file);
}

// Plaintext is for a provider on this machine: who can change its answers can let anybody in.
absl::Status CheckOidc(const OidcConfig& oidc) {
  if (oidc.issuer.empty()) return absl::OkStatus();
  bool here = false;
  for (const std::string_view host : {"http://127.0.0.1", "http://localhost"}) {
    const char after = oidc.issuer.rfind(host, 0) == 0 && oidc.issuer.size() > host.size()
                           ? oidc.issuer[host.size()]
                           : '\0';
    here |= after == ':' || after == '/';
  }
  if (oidc.issuer.rfind("https://", 0) != 0 && !here) {
    return Field("oidc_issuer", "must begin with https://");
  }
  if (oidc.audience.empty()) return Field("oidc_audience", "needed as well, with oidc_issuer");
  if (oidc.organization.empty()) return Field("oidc_organization", "must not be empty");
  return CheckReadable("oidc_ca_file", oidc.ca_file);
}

absl::Status CheckTogether(const Config& config) {
  if (config.data_dir.empty()) return Field("data_dir", "must not be empty");
  SKYDEN_RETURN_IF_ERROR(CheckPort("http", config.http));
  SKYDEN_RETURN_IF_ERROR(CheckPort("admin", config.admin));
  SKYDEN_RETURN_IF_ERROR(CheckPort("kds", config.kds));
  SKYDEN_RETURN_IF_ERROR(CheckPort("diagnostics", config.diagnostics));
  SKYDEN_RETURN_IF_ERROR(CheckReadable("admin_client_ca_file", config.admin.client_ca_file));
  if (!config.admin.client_ca_file.empty() && !config.admin.tls()) {
    return Field("admin_client_ca_file", "needs admin_certificate_file and admin_key_file as well");
  }
  SKYDEN_RETURN_IF_ERROR(CheckWebhook(config));
  SKYDEN_RETURN_IF_ERROR(CheckOidc(config.oidc));
  const std::string& dial = config.kds_public_address;
  if (!dial.empty() && dial.rfind("grpc://", 0) != 0 && dial.rfind("grpcs://", 0) != 0) {
    return Field("kds_public_address", "must begin with grpc:// or grpcs://");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<SettingInfo> Settings() {
  std::vector<SettingInfo> settings;
  for (Setting& s : MakeTable()) {
    settings.push_back({std::move(s.key), std::move(s.help), s.is_switch});
  }
  return settings;
}

std::string FlagOf(std::string_view key) {
  std::string flag = "--";
  for (const char c : key) flag += c == '_' ? '-' : c;
  return flag;
}

std::string EnvironmentOf(std::string_view key) {
  std::string name = "SKYDEN_";
  for (const char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

namespace {

absl::StatusOr<Config> Load(const ConfigSources& sources) {
  const std::vector<Setting> table = MakeTable();
  Config config;
  if (!sources.file.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto lines, ReadConfigFile(sources.file));
    for (const ConfigLine& line : lines) {
      const std::string place = fmt::format("{}:{}: {}", sources.file, line.number, line.key);
      const Setting* setting = Find(table, line.key);
      if (setting == nullptr) return Field(place, "there is no such setting");
      if (auto set = setting->set(config, line.value); !set.ok()) return At(place, set);
    }
  }
  for (const Setting& setting : table) {
    const std::string variable = EnvironmentOf(setting.key);
    const auto value = sources.environment.find(variable);
    if (value == sources.environment.end()) continue;
    if (auto set = setting.set(config, value->second); !set.ok()) return At(variable, set);
  }
  for (const auto& [key, value] : sources.flags) {
    const Setting* setting = Find(table, key);
    if (setting == nullptr) return Field(FlagOf(key), "there is no such setting");
    if (auto set = setting->set(config, value); !set.ok()) return At(FlagOf(key), set);
  }
  SKYDEN_RETURN_IF_ERROR(CheckTogether(config));
  return config;
}

// Errors quote what was given, and that may hold anything.
absl::Status InOneLine(const absl::Status& status) {
  std::string line;
  for (const char c : base::ToStd(status.message())) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  return absl::InvalidArgumentError(line);
}

}  // namespace

absl::StatusOr<Config> LoadConfig(const ConfigSources& sources) {
  auto config = Load(sources);
  if (!config.ok()) return InOneLine(config.status());
  return config;
}

std::string PrintConfig(const Config& config) {
  std::string text;
  for (const Setting& setting : MakeTable()) {
    text += fmt::format("{}: {}\n", setting.key, YamlScalar(MaskUserinfo(setting.print(config))));
  }
  return text;
}

std::vector<std::string> UnknownVariables(const std::map<std::string, std::string>& environment) {
  const std::vector<Setting> table = MakeTable();
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment) {
    const bool known = std::any_of(table.begin(), table.end(), [&name = name](const Setting& s) {
      return EnvironmentOf(s.key) == name;
    });
    // What clients read, and what Kubernetes sets for a Service named skyden.
    const bool other = name == "SKYDEN_ADDRESS" || name == "SKYDEN_TOKEN" ||
                       name == "SKYDEN_CA_FILE" || name == "SKYDEN_UPDATE_GOLDEN" ||
                       name.rfind("SKYDEN_SERVICE_", 0) == 0 || name.rfind("SKYDEN_PORT", 0) == 0;
    if (!known && !other) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace skyden::server
