// SPDX-License-Identifier: Apache-2.0
#include "server/config_checks.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "server/listen_address.h"
#include "skyden/base/status.h"

namespace skyden::server {

absl::Status WrongSetting(std::string_view key, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", key, why));
}

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

namespace {

absl::Status CheckReadable(const std::string& key, const std::string& path) {
  if (path.empty() || access(path.c_str(), R_OK) == 0) return absl::OkStatus();
  return WrongSetting(key, fmt::format("cannot read {}", path));
}

// The part before the path is this machine, in plaintext.
bool IsHere(std::string_view url) {
  for (const std::string_view host : {"http://127.0.0.1", "http://localhost"}) {
    if (!url.starts_with(host)) continue;
    const std::string_view after = url.substr(host.size());
    if (after.empty() || after.front() == ':' || after.front() == '/') return true;
  }
  return false;
}

// A secret that is there and empty would be a public client, which is another one to the provider.
absl::Status CheckClientSecret(const std::string& path) {
  SKYDEN_RETURN_IF_ERROR(CheckReadable("oidc_client_secret_file", path));
  if (path.empty() || !FirstLineOf(path).empty()) return absl::OkStatus();
  return WrongSetting("oidc_client_secret_file",
                      fmt::format("{} is empty: write the client's secret into its first line, or "
                                  "leave the setting out for a public client",
                                  path));
}

absl::Status CheckPort(const std::string& name, const PortConfig& port) {
  if (port.certificate_file.empty() != port.key_file.empty()) {
    const std::string missing = port.key_file.empty() ? "_key_file" : "_certificate_file";
    return WrongSetting(name + missing, "needed as well, a certificate and its key go together");
  }
  SKYDEN_RETURN_IF_ERROR(CheckReadable(name + "_certificate_file", port.certificate_file));
  SKYDEN_RETURN_IF_ERROR(CheckReadable(name + "_key_file", port.key_file));
  const auto address = ParseListenAddress(port.address);
  if (!address->is_loopback() && !port.tls() && !port.allow_plaintext) {
    const std::string_view certificate = name == "diagnostics" ? "" : "give it a certificate, or ";
    return WrongSetting(name + "_address",
                        fmt::format("{} is not a loopback address: {}set {}_allow_plaintext",
                                    port.address, certificate, name));
  }
  return absl::OkStatus();
}

absl::Status CheckStore(const Config& config) {
  if (config.store == Config::Engine::kPostgres) {
    if (config.postgres_dsn_file.empty()) {
      return WrongSetting("postgres_dsn_file", "needed as well, with store postgres");
    }
    return CheckReadable("postgres_ca_file", config.postgres_ca_file);
  }
  // Who sets these means the other engine.
  const bool meant = config.postgres_require_sync || config.postgres_shared ||
                     !config.postgres_ca_file.empty() || !config.postgres_dsn_file.empty();
  return meant ? WrongSetting("store", "must be postgres where postgres_* is set")
               : absl::OkStatus();
}

// A certificate for each side of a call, and who vouches for those of the others: all or nothing.
absl::Status CheckPeerFiles(const PeerConfig& peer) {
  const std::pair<std::string, const std::string*> files[] = {
      {"peer_certificate_file", &peer.certificate_file},
      {"peer_key_file", &peer.key_file},
      {"peer_ca_file", &peer.ca_file}};
  const bool any = std::any_of(std::begin(files), std::end(files),
                               [](const auto& file) { return !file.second->empty(); });
  for (const auto& [key, file] : files) {
    if (any && file->empty()) {
      return WrongSetting(key, "needed as well: certificate, key and authority go together");
    }
    SKYDEN_RETURN_IF_ERROR(CheckReadable(key, *file));
  }
  return absl::OkStatus();
}

bool IsWildcard(std::string_view address) {
  return address.starts_with("0.0.0.0:") || address.starts_with("[::]:");
}

absl::Status CheckPeer(const Config& config) {
  const PeerConfig& peer = config.peer;
  SKYDEN_RETURN_IF_ERROR(CheckPeerFiles(peer));
  if (peer.address.empty()) {
    return peer.public_address.empty()
               ? absl::OkStatus()
               : WrongSetting("peer_address", "needed as well, with peer_public_address");
  }
  if (!config.postgres_shared) {
    return WrongSetting("postgres_shared",
                        "must be true with peer_address: other daemons are those of one database");
  }
  if (peer.public_address.empty() && IsWildcard(peer.address)) {
    return WrongSetting("peer_public_address",
                        fmt::format("needed as well: other daemons cannot dial {}", peer.address));
  }
  if (!peer.public_address.empty() && peer.public_address.rfind(':') == std::string::npos) {
    return WrongSetting("peer_public_address", "must be like skyden-1.example.com:5686");
  }
  if (!peer.certificate_file.empty()) return absl::OkStatus();
  const auto dialled =
      ParseListenAddress(peer.public_address.empty() ? peer.address : peer.public_address);
  if (ParseListenAddress(peer.address)->is_loopback() && dialled.has_value() &&
      dialled->is_loopback()) {
    return absl::OkStatus();
  }
  return WrongSetting("peer_certificate_file",
                      "needed as well, with peer_key_file and peer_ca_file: daemons talk in "
                      "plaintext on loopback only");
}

absl::Status CheckWebhook(const Config& config) {
  SKYDEN_RETURN_IF_ERROR(
      CheckReadable("audit_destinations_ca_file", config.audit_destinations_ca_file));
  const std::string& url = config.audit_webhook_url;
  if (url.empty()) return absl::OkStatus();
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) {
    return WrongSetting("audit_webhook_url", "must begin with http:// or https://");
  }
  if (config.audit_webhook_secret_file.empty()) {
    return WrongSetting("audit_webhook_secret_file", "needed as well: what is sent is signed");
  }
  SKYDEN_RETURN_IF_ERROR(
      CheckReadable("audit_webhook_secret_file", config.audit_webhook_secret_file));
  return CheckReadable("audit_webhook_ca_file", config.audit_webhook_ca_file);
}

// Plaintext is for a provider on this machine: who can change its answers can let anybody in.
absl::Status CheckOidc(const Config& config) {
  const OidcConfig& oidc = config.oidc;
  if (oidc.client_id.empty() && !oidc.client_secret_file.empty()) {
    return WrongSetting("oidc_client_id", "needed as well, with oidc_client_secret_file");
  }
  if (!oidc.client_id.empty() && oidc.issuer.empty()) {
    return WrongSetting("oidc_issuer", "needed as well, with oidc_client_id");
  }
  if (!oidc.client_id.empty() && config.http_public_address.empty()) {
    return WrongSetting("http_public_address",
                        "needed as well, with oidc_client_id: the provider sends browsers back "
                        "there, e.g. https://skyden.example.com");
  }
  if (!oidc.client_id.empty() && !config.http_public_address.starts_with("https://") &&
      !IsHere(config.http_public_address)) {
    return WrongSetting("http_public_address",
                        "must begin with https:// with oidc_client_id: browsers keep sessions over "
                        "https and on their own machine only");
  }
  SKYDEN_RETURN_IF_ERROR(CheckClientSecret(oidc.client_secret_file));
  if (oidc.issuer.empty()) return absl::OkStatus();
  if (!oidc.issuer.starts_with("https://") && !IsHere(oidc.issuer)) {
    return WrongSetting("oidc_issuer",
                        "must begin with https://, but for a provider on this machine: who can "
                        "change its answers can let anybody in");
  }
  if (oidc.audience.empty())
    return WrongSetting("oidc_audience", "needed as well, with oidc_issuer");
  if (oidc.organization.empty()) return WrongSetting("oidc_organization", "must not be empty");
  return CheckReadable("oidc_ca_file", oidc.ca_file);
}

// Compared with what browsers say, so it has to be written as they write it.
absl::Status CheckHttpPublicAddress(std::string_view address) {
  if (address.empty()) return absl::OkStatus();
  std::string_view host;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (address.starts_with(scheme)) host = address.substr(scheme.size());
  }
  if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) {
    return WrongSetting("http_public_address", "must be like https://skyden.example.com");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTogether(const Config& config) {
  if (config.data_dir.empty()) return WrongSetting("data_dir", "must not be empty");
  SKYDEN_RETURN_IF_ERROR(CheckPort("http", config.http));
  SKYDEN_RETURN_IF_ERROR(CheckPort("admin", config.admin));
  SKYDEN_RETURN_IF_ERROR(CheckPort("kds", config.kds));
  SKYDEN_RETURN_IF_ERROR(CheckPort("diagnostics", config.diagnostics));
  SKYDEN_RETURN_IF_ERROR(CheckReadable("admin_client_ca_file", config.admin.client_ca_file));
  if (!config.admin.client_ca_file.empty() && !config.admin.tls()) {
    return WrongSetting("admin_client_ca_file",
                        "needs admin_certificate_file and admin_key_file as well");
  }
  SKYDEN_RETURN_IF_ERROR(CheckStore(config));
  SKYDEN_RETURN_IF_ERROR(CheckPeer(config));
  SKYDEN_RETURN_IF_ERROR(CheckWebhook(config));
  SKYDEN_RETURN_IF_ERROR(CheckOidc(config));
  SKYDEN_RETURN_IF_ERROR(CheckHttpPublicAddress(config.http_public_address));
  const std::string& dial = config.kds_public_address;
  if (!dial.empty() && dial.rfind("grpc://", 0) != 0 && dial.rfind("grpcs://", 0) != 0) {
    return WrongSetting("kds_public_address", "must begin with grpc:// or grpcs://");
  }
  return absl::OkStatus();
}

}  // namespace skyden::server
