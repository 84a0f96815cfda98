// SPDX-License-Identifier: Apache-2.0
#include "rpc/call_impl.h"

#include <utility>

namespace skyden::rpc {

void CallImpl::Begin(std::shared_ptr<CallHandler> handler) {
  handler_ = std::move(handler);
  // After whatever the acceptor did: the first end wins.
  if (handler_ == nullptr) Finish(absl::UnimplementedError("there is no such method here"), {});
}

void CallImpl::Read(size_t messages) {
  connection_->WithSession(
      [id = stream_id_, messages](Session& session) { session.Read(id, messages); });
}

void CallImpl::SetInitialMetadata(Metadata metadata) {
  connection_->WithSession([id = stream_id_, metadata = std::move(metadata)](Session& s) mutable {
    s.SetInitialMetadata(id, std::move(metadata));
  });
}

void CallImpl::Send(Message message, absl::AnyInvocable<void()> on_written) {
  auto outgoing = std::make_shared<Outgoing>(std::move(message), std::move(on_written));
  connection_->WithSession([id = stream_id_, outgoing = std::move(outgoing)](Session& s) mutable {
    s.Send(id, std::move(outgoing));
  });
}

void CallImpl::Finish(const absl::Status& status, Metadata trailers) {
  connection_->WithSession(
      [id = stream_id_, status, trailers = std::move(trailers)](Session& session) mutable {
        session.Finish(id, status, std::move(trailers));
      });
}

void CallImpl::Abort(const absl::Status& status) {
  connection_->WithSession(
      [id = stream_id_, status](Session& session) { session.Abort(id, status); });
}

void CallImpl::OnMessage(std::string bytes, bool compressed) {
  if (handler_ != nullptr) handler_->OnMessage(std::move(bytes), compressed);
}

void CallImpl::OnPeerDone() {
  if (handler_ != nullptr) handler_->OnPeerDone();
}

void CallImpl::OnGone() {
  const auto self = shared_from_this();
  if (const auto handler = std::exchange(handler_, nullptr)) handler->OnGone();
  connection_->CallGone();
}

}  // namespace skyden::rpc
