// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/tls_contexts.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <string_view>

#include "fmt/format.h"
#include "skyden/telemetry/log.h"

namespace skyden::net {
namespace {

using namespace std::string_view_literals;

absl::Status BadFile(const std::string& file) {
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = ERR_SYSTEM_ERROR(error) ? "it does not read" : nullptr;
  const char* const parse = reason != nullptr ? reason : ERR_reason_error_string(error);
  ERR_clear_error();
  return absl::InvalidArgumentError(
      fmt::format("TLS file {}: {}", file, parse != nullptr ? parse : "it does not parse"));
}

// Each protocol with its length, as they stand in a handshake.
std::string_view Offer(Alpn alpn) { return alpn == Alpn::kHttp2 ? "\2h2"sv : "\10http/1.1"sv; }

int Choose(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
           const unsigned char* offered, unsigned int offered_size, void* offer) {
  const auto& ours = *static_cast<const std::string_view*>(offer);
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(
      &selected, chosen_size, reinterpret_cast<const unsigned char*>(ours.data()),
      static_cast<unsigned>(ours.size()), offered, offered_size);
  *chosen = selected;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void ChooseAlpn(SSL_CTX* context, Alpn alpn) {
  static const std::string_view kHttp1 = Offer(Alpn::kHttp1);
  static const std::string_view kHttp2 = Offer(Alpn::kHttp2);
  const std::string_view* offer = alpn == Alpn::kHttp2 ? &kHttp2 : &kHttp1;
  SSL_CTX_set_alpn_select_cb(context, Choose, const_cast<std::string_view*>(offer));
}

void SetDefaults(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Buffers of idle connections are 34 KiB each otherwise.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Tickets need no memory of ours.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  constexpr std::string_view kSessions = "skyden";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessions.data()),
                                 static_cast<unsigned>(kSessions.size()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContexts>> TlsContexts::Load(TlsOptions options) {
  std::unique_ptr<TlsContexts> contexts(new TlsContexts(std::move(options)));
  contexts->stamp_ = contexts->StampNow();
  contexts->looked_at_ = -absl::InfiniteDuration();
  auto built = contexts->Build();
  if (!built.ok()) return std::move(built).status();
  contexts->current_ = *std::move(built);
  return contexts;
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> TlsContexts::Build() const {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for TLS");
  SetDefaults(context.get());
  ChooseAlpn(context.get(), options_.alpn);
  if (SSL_CTX_use_certificate_chain_file(context.get(), options_.certificate_file.c_str()) != 1) {
    return BadFile(options_.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), options_.key_file.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    const bool strange = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    if (!strange) return BadFile(options_.key_file);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(fmt::format("TLS file {}: not the key of {}",
                                                  options_.key_file, options_.certificate_file));
  }
  if (options_.client_ca_file.empty()) return context;
  const char* const authorities = options_.client_ca_file.c_str();
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(authorities);
  if (names == nullptr || SSL_CTX_load_verify_file(context.get(), authorities) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return BadFile(options_.client_ca_file);
  }
  SSL_CTX_set_client_CA_list(context.get(), names);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

TlsContexts::Stamp TlsContexts::StampNow() const {
  Stamp stamp{};
  size_t i = 0;
  for (const std::string* file :
       {&options_.certificate_file, &options_.key_file, &options_.client_ca_file}) {
    struct stat about {};
    if (file->empty() || ::stat(file->c_str(), &about) != 0) about = {};
    for (const int64_t value :
         {static_cast<int64_t>(about.st_ino), static_cast<int64_t>(about.st_size),
          static_cast<int64_t>(about.st_mtim.tv_sec),
          static_cast<int64_t>(about.st_mtim.tv_nsec)}) {
      stamp[i++] = value;
    }
  }
  return stamp;
}

std::shared_ptr<SSL_CTX> TlsContexts::Current() {
  const absl::Duration now = clock_.Monotonic();
  if (now - looked_at_ < absl::Seconds(1)) return current_;
  looked_at_ = now;
  const Stamp stamp = StampNow();
  if (stamp == stamp_) return current_;
  stamp_ = stamp;
  auto built = Build();
  if (built.ok()) {
    current_ = *std::move(built);
    telemetry::Log(telemetry::Level::info, "certificate reloaded",
                   {{"file", options_.certificate_file}});
  } else {
    telemetry::Log(telemetry::Level::error, "certificate not reloaded",
                   {{"reason", std::string(built.status().message())}});
  }
  return current_;
}

}  // namespace skyden::net
