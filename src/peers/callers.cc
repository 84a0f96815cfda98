// SPDX-License-Identifier: Apache-2.0
// A channel that failed is forgotten: the next one reads the certificates as they are then.
#include "peers/callers.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "fmt/format.h"
#include "peers/loopback.h"
#include "peers/proof.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/stock_grpc/bytes.h"
#include "skyden/stock_grpc/callback_threads.h"
#include "skyden/telemetry/log.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

constexpr size_t kLinksMax = 64;  // daemons come and go: those that are gone are not looked for

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (text.empty()) {
    return absl::FailedPreconditionError("a certificate for other daemons cannot be read");
  }
  return text;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsFor(const Other& other,
                                                                         const TlsFiles& tls) {
  if (!tls.given()) {
    if (IsLoopback(other.address)) return grpc::InsecureChannelCredentials();
    return absl::FailedPreconditionError(
        "daemons on other machines are asked over TLS only: set peer_certificate_file, "
        "peer_key_file and peer_ca_file");
  }
  grpc::SslCredentialsOptions options;
  SKYDEN_ASSIGN_OR_RETURN(options.pem_cert_chain, ReadFile(tls.certificate_file));
  SKYDEN_ASSIGN_OR_RETURN(options.pem_private_key, ReadFile(tls.key_file));
  SKYDEN_ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(tls.ca_file));
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kPeerAnswerBytes));
  return arguments;
}

}  // namespace

class Callers::Call {
 public:
  Call(std::shared_ptr<grpc::Channel> channel, const std::string& message, Done done)
      : stub_(std::move(channel)),
        question_(stock_grpc::BufferOf(message)),
        done_(std::move(done)) {}

  void Start(const std::string& method, const std::string& proof, absl::Duration at_most,
             std::function<void(const absl::Status&)> ended) {
    context_.AddMetadata(kProofHeader, proof);
    // Not by the time of day, which may be set.
    context_.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(absl::ToInt64Milliseconds(at_most), GPR_TIMESPAN)));
    stub_.UnaryCall(&context_, method, grpc::StubOptions(), &question_, &answer_,
                    [this, ended = std::move(ended)](const grpc::Status& status) {
                      auto outcome = Outcome(status);
                      const absl::Status how = outcome.status();
                      std::exchange(done_, nullptr)(std::move(outcome));
                      ended(how);  // may destroy *this
                    });
  }
  void Cancel() { context_.TryCancel(); }

 private:
  absl::StatusOr<std::string> Outcome(const grpc::Status& status) const {
    if (!status.ok()) {
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          status.error_message());
    }
    auto answer = stock_grpc::BytesOf(answer_);
    if (!answer) return absl::InternalError("an answer cannot be read");
    return *std::move(answer);
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const grpc::ByteBuffer question_;
  grpc::ByteBuffer answer_;
  Done done_;
};

absl::StatusOr<Callers::Link> Callers::NewLink(const Other& other) const {
  if (other.address.empty()) {
    return absl::FailedPreconditionError("it has no peer_address, on which it could be asked");
  }
  stock_grpc::KeepCallbackThreads();
  Link link;
  SKYDEN_ASSIGN_OR_RETURN(link.proof, ProofFor(sealer_, other.id));
  SKYDEN_ASSIGN_OR_RETURN(const auto credentials, CredentialsFor(other, tls_));
  link.channel = grpc::CreateCustomChannel(other.address, credentials, Arguments());
  return link;
}

absl::StatusOr<Callers::Link> Callers::LinkTo(const Other& other) {
  {
    absl::MutexLock lock(&mu_);
    const auto found = links_.find(other.id);
    if (found != links_.end()) return found->second;
  }
  SKYDEN_ASSIGN_OR_RETURN(Link link, NewLink(other));
  absl::MutexLock lock(&mu_);
  if (links_.size() >= kLinksMax) links_.clear();
  return links_.try_emplace(other.id, std::move(link)).first->second;
}

std::shared_ptr<Callers::Call> Callers::Ask(const Other& other, std::string_view method,
                                            const std::string& message, absl::Duration at_most,
                                            Done done) {
  auto link = LinkTo(other);
  if (!link.ok()) {
    done(link.status());
    return nullptr;
  }
  auto call = std::make_shared<Call>(link->channel, message, std::move(done));
  {
    absl::MutexLock lock(&mu_);
    calls_.insert(call);
    // Begun all the same, and over at once: then there is one way to end.
    if (closed_) call->Cancel();
  }
  call->Start(fmt::format("/skyden.peers.v1.Peers/{}", method), link->proof, at_most,
              [this, weak = std::weak_ptr<Call>(call), other](const absl::Status& status) {
                if (const auto self = weak.lock()) Ended(self, other, status);
              });
  return call;
}

void Callers::Ended(const std::shared_ptr<Call>& call, const Other& other,
                    const absl::Status& status) {
  const bool is_silent = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                         absl::IsUnauthenticated(status);
  bool is_new = false;
  {
    absl::MutexLock lock(&mu_);
    if (is_silent) {
      links_.erase(other.id);
      if (silent_.size() >= kLinksMax) silent_.clear();
      is_new = !closed_ && silent_.insert(other.id).second;
    } else {
      is_new = silent_.erase(other.id) > 0;
    }
  }
  if (is_new) {
    telemetry::Log(is_silent ? telemetry::Level::warning : telemetry::Level::info,
                   is_silent ? "another daemon does not answer" : "another daemon answers again",
                   {{"instance", other.instance},
                    {"address", other.address},
                    {"reason", std::string(base::ToStd(status.message()))}});
  }
  absl::MutexLock lock(&mu_);
  calls_.erase(call);  // the last: Close waits for it
}

void Callers::Cancel(const std::shared_ptr<Call>& call) {
  if (call != nullptr) call->Cancel();
}

std::vector<absl::StatusOr<std::string>> Callers::AskAll(const std::vector<Other>& others,
                                                         std::string_view method,
                                                         const std::string& message,
                                                         absl::Duration at_most) {
  base::AssertMayBlock();
  struct Gathered {
    absl::Mutex mu;
    base::CondVar changed;
    size_t missing = 0;
    std::vector<absl::StatusOr<std::string>> answers;
  };
  const auto gathered = std::make_shared<Gathered>();
  gathered->missing = others.size();
  gathered->answers.resize(others.size(), absl::DeadlineExceededError("no answer in time"));
  for (size_t n = 0; n < others.size(); ++n) {
    Ask(others[n], method, message, at_most, [gathered, n](absl::StatusOr<std::string> answer) {
      absl::MutexLock lock(&gathered->mu);
      gathered->answers[n] = std::move(answer);
      --gathered->missing;
      gathered->changed.SignalAll();
    });
  }
  absl::MutexLock lock(&gathered->mu);
  // Each call has its own end; this is for a library that forgets one.
  gathered->changed.AwaitFor(gathered->mu, at_most + limits::kPeerSlack,
                             [&] { return gathered->missing == 0; });
  return gathered->answers;
}

void Callers::Close() {
  absl::flat_hash_set<std::shared_ptr<Call>> calls;
  {
    absl::MutexLock lock(&mu_);
    closed_ = true;
    calls = calls_;
  }
  for (const auto& call : calls) call->Cancel();
  calls.clear();
  absl::MutexLock lock(&mu_);
  const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return calls_.empty(); };
  mu_.Await(absl::Condition(&none));
}

}  // namespace skyden::peers
