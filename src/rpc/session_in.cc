// SPDX-License-Identifier: Apache-2.0
// What a client sends on its calls, and how much more it may. nghttp2 is told to open no window by
// itself: a window is what bounds the bytes held for a client.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "rpc/session.h"
#include "rpc/session_stream.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

// A window is opened by so much at least: smaller steps cost a frame each.
constexpr size_t kStep = limits::kRpcStreamWindow / 4;
// What fits into a stranger's window, with its head.
constexpr size_t kStrangerMessage = limits::kRpcStrangerWindow - 5;

}  // namespace

void Session::TakeData(int32_t stream_id, std::string_view bytes) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr || stream->events == nullptr) {
    nghttp2_session_consume_connection(http2_, bytes.size());
    return;
  }
  stream->unacknowledged += bytes.size();
  Pump(*stream, bytes);
}

void Session::Pump(Stream& stream, std::string_view bytes) {
  for (;;) {
    if (stream.reader.complete()) {
      if (stream.asked == 0) break;
      --stream.asked;
      const bool compressed = stream.reader.compressed();
      stream.events->OnMessage(stream.reader.Release(), compressed);
      continue;
    }
    if (bytes.empty()) break;
    absl::Status status = stream.reader.Take(bytes);
    if (status.ok() && stream.reader.complete() && stream.reader.compressed() && !stream.gzip) {
      status = absl::InternalError("a compressed message, and no \"grpc-encoding\" that says how");
    }
    if (!status.ok()) return Fail(stream, status);
  }
  if (CanNeverCome(stream)) {
    return Fail(stream, absl::ResourceExhaustedError(fmt::format(
                            "a message of {} bytes: at most {} are taken on a connection where "
                            "nobody has signed in; sign in with a smaller one first",
                            stream.reader.length(), kStrangerMessage)));
  }
  stream.waiting.append(bytes);
  UpdateBooks(stream);
}

// It would wait for a window that is not opened for strangers. One that was not asked for yet may
// wait: who signs in by the call's head is asked for it afterwards.
bool Session::CanNeverCome(const Stream& stream) const {
  return !trusted_ && stream.asked > 0 && stream.reader.length() > kStrangerMessage;
}

void Session::PeerDone(int32_t stream_id) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr) return;
  stream->peer_done = true;
  UpdateBooks(*stream);
}

void Session::Read(int32_t stream_id, size_t messages) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr) return;
  stream->asked += messages;
  const std::string waiting = std::exchange(stream->waiting, {});
  Pump(*stream, waiting);
}

// After anything that changes what is held of a call: the books, the windows, the client's end.
void Session::UpdateBooks(Stream& stream) {
  const size_t held = stream.held();
  held_ += held - stream.counted;
  stream.counted = held;
  // Bytes of a message that is awaited are no load on the other calls; of a stranger all are.
  const size_t owed = trusted_ && stream.asked > 0 ? 0 : held;
  if (stream.unacknowledged > owed) {
    nghttp2_session_consume_connection(http2_, stream.unacknowledged - owed);
    stream.unacknowledged = owed;
  }
  if (!stream.peer_done) return Replenish(stream);
  if (stream.peer_done_told || stream.reader.complete() || !stream.waiting.empty()) return;
  if (held > 0) return Fail(stream, absl::InternalError("the last message is not complete"));
  stream.peer_done_told = true;
  if (stream.events != nullptr) stream.events->OnPeerDone();
}

void Session::Replenish(Stream& stream) {
  const int32_t window = nghttp2_session_get_stream_effective_local_window_size(http2_, stream.id);
  const int32_t used = nghttp2_session_get_stream_effective_recv_data_length(http2_, stream.id);
  if (window < 0 || used < 0) return;
  const auto open = static_cast<int64_t>(window) - used;
  const size_t full = limits::kRpcStreamWindow;
  const size_t wanted = stream.asked > 0 ? std::max(full, stream.reader.missing())
                                         : full - std::min(full, stream.held());
  const int64_t more = static_cast<int64_t>(wanted) - open;
  if (more < static_cast<int64_t>(kStep)) return;
  nghttp2_submit_window_update(http2_, NGHTTP2_FLAG_NONE, stream.id, static_cast<int32_t>(more));
}

// The client's mistake ends its call.
void Session::Fail(Stream& stream, const absl::Status& status) {
  DropOutput(stream);
  SubmitEnd(stream, status, {});
}

}  // namespace skyden::rpc
