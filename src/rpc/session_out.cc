// SPDX-License-Identifier: Apache-2.0
// What is sent on the calls. The bytes of messages are never copied here: nghttp2 decides how many
// may leave, and they are pointed at.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"
#include "rpc/grpc_text.h"
#include "rpc/session.h"
#include "rpc/session_callbacks.h"
#include "rpc/session_stream.h"

namespace skyden::rpc {
namespace {

// Clients bound the headers that they take, many at 8 KiB.
constexpr size_t kMessageBytes = 4096;

// Pointers only; nghttp2 copies what it needs when they are submitted.
class HeaderList {
 public:
  void Add(std::string_view name, std::string_view value) {
    nghttp2_nv entry = {};
    entry.name = reinterpret_cast<uint8_t*>(const_cast<char*>(name.data()));
    entry.namelen = name.size();
    entry.value = reinterpret_cast<uint8_t*>(const_cast<char*>(value.data()));
    entry.valuelen = value.size();
    entries_.push_back(entry);
  }
  void Add(const Metadata& metadata) {
    for (const auto& [name, value] : metadata) Add(name, value);
  }
  const nghttp2_nv* data() const { return entries_.data(); }
  size_t size() const { return entries_.size(); }

 private:
  std::vector<nghttp2_nv> entries_;
};

void AddHead(HeaderList& list, const Metadata& initial) {
  list.Add(":status", "200");
  list.Add("content-type", "application/grpc");
  list.Add("grpc-accept-encoding", "identity, gzip");
  list.Add(initial);
}

// What HTTP/2 can say of a status when there is no place for the status itself.
uint32_t ResetCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return NGHTTP2_CANCEL;
    case absl::StatusCode::kResourceExhausted:
      return NGHTTP2_ENHANCE_YOUR_CALM;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return NGHTTP2_INADEQUATE_SECURITY;
    default:
      return NGHTTP2_INTERNAL_ERROR;
  }
}

}  // namespace

void Session::SetInitialMetadata(int32_t stream_id, Metadata metadata) {
  Stream* const stream = Find(stream_id);
  if (stream != nullptr && !stream->begun) stream->initial_metadata = std::move(metadata);
}

void Session::Send(int32_t stream_id, std::shared_ptr<Outgoing> message) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr || stream->end != nullptr) return;
  const bool idle = stream->first == stream->queue.size();
  if (stream->first > stream->queue.size() / 2) {
    stream->queue.erase(stream->queue.begin(),
                        stream->queue.begin() + static_cast<ptrdiff_t>(stream->first));
    stream->first = 0;
  }
  stream->queue.push_back(std::move(message));
  if (!stream->begun) {
    BeginAnswer(*stream);
  } else if (idle) {
    nghttp2_session_resume_data(http2_, stream_id);
  }
}

void Session::BeginAnswer(Stream& stream) {
  HeaderList list;
  AddHead(list, stream.initial_metadata);
  const nghttp2_data_provider provider = DataProvider();
  nghttp2_submit_response(http2_, stream.id, list.data(), list.size(), &provider);
  stream.initial_metadata = {};
  stream.begun = true;
}

void Session::Finish(int32_t stream_id, const absl::Status& status, Metadata trailers) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr || stream->end != nullptr) return;
  if (stream->first == stream->queue.size()) return SubmitEnd(*stream, status, trailers);
  stream->end = std::make_unique<Stream::End>(Stream::End{status, std::move(trailers)});
}

void Session::Abort(int32_t stream_id, const absl::Status& status) {
  Stream* const stream = Find(stream_id);
  if (stream != nullptr) Fail(*stream, status);
}

void Session::AbortAll(const absl::Status& status) {
  while (!streams_.empty()) Fail(*streams_.begin()->second, status);
}

void Session::DropOutput(Stream& stream) {
  stream.queue = {};
  stream.first = 0;
  stream.end = nullptr;
}

// The last of a stream: `stream` is no more afterwards. Nothing is queued any more. Trailers need
// no window, so a client that takes nothing gets them.
void Session::SubmitEnd(Stream& stream, const absl::Status& status, const Metadata& trailers) {
  if (stream.offset > 0) {  // inside a message: the client would take a status for the rest of it
    nghttp2_submit_rst_stream(http2_, NGHTTP2_FLAG_NONE, stream.id, ResetCode(status));
    return Forget(stream.id);
  }
  const std::string code = fmt::format("{}", static_cast<int>(status.code()));
  const std::string text = EncodeMessage(
      std::string_view(status.message().data(), std::min(status.message().size(), kMessageBytes)));
  HeaderList list;
  if (!stream.begun) AddHead(list, stream.initial_metadata);
  list.Add("grpc-status", code);
  if (!text.empty()) list.Add("grpc-message", text);
  list.Add(trailers);
  if (stream.begun) {
    nghttp2_submit_trailer(http2_, stream.id, list.data(), list.size());
  } else {
    nghttp2_submit_response(http2_, stream.id, list.data(), list.size(), nullptr);
  }
  Forget(stream.id);
}

ptrdiff_t Session::OfferData(int32_t stream_id, size_t length, uint32_t& flags) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr) return NGHTTP2_ERR_DEFERRED;
  size_t offered = 0;
  size_t next = stream->first;
  for (; next < stream->queue.size() && offered < length; ++next) {
    offered += stream->queue[next]->size() - (next == stream->first ? stream->offset : 0);
  }
  if (offered == 0) return NGHTTP2_ERR_DEFERRED;
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  const bool all = next == stream->queue.size() && offered <= length;
  if (all && stream->end != nullptr)
    flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
  return static_cast<ptrdiff_t>(std::min(offered, length));
}

void Session::SendData(int32_t stream_id, std::string_view frame_head, size_t length) {
  Stream* const stream = Find(stream_id);
  out_->Copy(frame_head);
  watch_.SentData();
  stream->events->OnSent(length);
  while (length > 0) {
    const auto& message = stream->queue[stream->first];
    const std::string_view piece = message->At(stream->offset).substr(0, length);
    out_->Share(piece, message);
    length -= piece.size();
    stream->offset += piece.size();
    if (stream->offset < message->size()) continue;
    stream->offset = 0;
    stream->queue[stream->first++] = nullptr;
  }
  if (stream->first < stream->queue.size()) return;
  stream->queue = {};
  stream->first = 0;
  if (stream->end == nullptr) return;
  const auto end = std::move(stream->end);
  SubmitEnd(*stream, end->status, end->trailers);
}

// A client that has more to say is told that nobody listens; the stream is gone on both sides.
void Session::EndSent(int32_t stream_id) {
  watch_.CallEndedWell();
  if (nghttp2_session_get_stream_remote_close(http2_, stream_id) == 1) return;
  nghttp2_submit_rst_stream(http2_, NGHTTP2_FLAG_NONE, stream_id, NGHTTP2_NO_ERROR);
}

void Session::Collect(size_t enough, Outbox& out) {
  out_ = &out;
  enough_ = enough;
  while (out.bytes() < enough) {
    const uint8_t* data = nullptr;
    const auto size = nghttp2_session_mem_send(http2_, &data);
    if (size <= 0) break;
    out.Copy({reinterpret_cast<const char*>(data), static_cast<size_t>(size)});
  }
  out_ = nullptr;
}

}  // namespace skyden::rpc
