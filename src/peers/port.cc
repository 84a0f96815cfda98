// SPDX-License-Identifier: Apache-2.0
#include "skyden/peers/port.h"

#include <utility>

#include "fmt/format.h"
#include "peers/loopback.h"
#include "peers/port_impl.h"
#include "peers/proof.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

constexpr int kLoops = 1;

// One question, one answer.
class Handler final : public rpc::CallHandler {
 public:
  Handler(std::string path, std::shared_ptr<rpc::Call> call, std::shared_ptr<Answers> answers)
      : path_(std::move(path)), call_(std::move(call)), answers_(std::move(answers)) {}

  void OnMessage(std::string bytes, bool compressed) override {
    if (std::exchange(asked_, true)) return;
    if (compressed) {
      return call_->Finish(absl::UnimplementedError("questions are not taken compressed"));
    }
    answers_->Answer(path_, bytes, [call = call_](absl::StatusOr<std::string> answer) {
      if (!answer.ok()) return call->Finish(answer.status());
      call->Send({rpc::Slice::Of(*std::move(answer))});
      call->Finish(absl::OkStatus());
    });
  }
  void OnPeerDone() override {
    if (!asked_) call_->Finish(absl::InvalidArgumentError("there is no question"));
  }
  void OnGone() override {}

 private:
  const std::string path_;
  const std::shared_ptr<rpc::Call> call_;
  const std::shared_ptr<Answers> answers_;
  bool asked_ = false;
};

absl::Status CheckTls(const PortOptions& options) {
  const TlsFiles& tls = options.tls;
  if (tls.certificate_file.empty() != tls.key_file.empty() ||
      tls.certificate_file.empty() != tls.ca_file.empty()) {
    return absl::InvalidArgumentError("a certificate, its key and an authority go together");
  }
  if (tls.given()) return absl::OkStatus();
  for (const std::string& address : {options.address, options.public_address}) {
    if (!address.empty() && !IsLoopback(address)) {
      return absl::InvalidArgumentError(fmt::format(
          "{} is not a loopback address: it needs a certificate, its key and an authority",
          address));
    }
  }
  return absl::OkStatus();
}

rpc::ServerOptions ServerOptionsOf(const PortOptions& options) {
  rpc::ServerOptions server;
  server.name = "peer";
  server.address = options.address;
  if (options.tls.given()) {
    server.tls =
        rpc::TlsOptions{options.tls.certificate_file, options.tls.key_file, options.tls.ca_file};
  }
  server.connections_max = limits::kPeerConnections;
  server.connections_per_address_max = limits::kPeerConnections;
  server.calls_per_connection_max = limits::kPeerCalls;
  server.message_bytes_max = limits::kPeerQuestionBytes;
  server.trust_time = limits::kPeerFirstCall;
  return server;
}

}  // namespace

Port::Impl::Impl(PortOptions options) : options_(std::move(options)), loops_(kLoops) {}

absl::Status Port::Impl::Listen() {
  SKYDEN_RETURN_IF_ERROR(CheckTls(options_));
  SKYDEN_ASSIGN_OR_RETURN(server_,
                          rpc::Listen(loops_, ServerOptionsOf(options_),
                                      [this](rpc::CallHead head, std::shared_ptr<rpc::Call> call,
                                             const std::shared_ptr<rpc::Connection>& connection) {
                                        return Accept(std::move(head), std::move(call), connection);
                                      }));
  address_ = server_->address();
  public_address_ = options_.public_address.empty() ? address_ : options_.public_address;
  return absl::OkStatus();
}

std::shared_ptr<rpc::CallHandler> Port::Impl::Accept(
    rpc::CallHead head, std::shared_ptr<rpc::Call> call,
    const std::shared_ptr<rpc::Connection>& connection) {
  std::shared_ptr<Answers> answers;
  {
    absl::MutexLock lock(&mu_);
    answers = answers_;
  }
  const absl::Status admitted =
      answers == nullptr ? absl::UnavailableError("this daemon does not answer others now")
                         : answers->Admit(head.Find(kProofHeader).value_or(std::string_view()));
  if (!admitted.ok()) {
    call->Finish(admitted);
    return nullptr;
  }
  connection->Trust();
  call->Read(1);
  return std::make_shared<Handler>(std::move(head.path), std::move(call), std::move(answers));
}

void Port::Impl::Serve(std::shared_ptr<Answers> answers) {
  absl::MutexLock lock(&mu_);
  answers_ = std::move(answers);
}

void Port::Impl::Close() {
  if (server_ != nullptr) server_->Drain(absl::ZeroDuration());
  server_ = nullptr;
  Serve(nullptr);
}

Port::Port(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Port::~Port() = default;
std::string Port::address() const { return impl_->address(); }
const std::string& Port::public_address() const { return impl_->public_address(); }

absl::StatusOr<std::unique_ptr<Port>> Port::Listen(PortOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  SKYDEN_RETURN_IF_ERROR(impl->Listen());
  return std::unique_ptr<Port>(new Port(std::move(impl)));
}

}  // namespace skyden::peers
