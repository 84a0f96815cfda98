// SPDX-License-Identifier: Apache-2.0
// One client's HTTP/2 connection and the calls on it, without a socket: bytes in, events and bytes
// out. nghttp2 knows HTTP/2; this knows gRPC, and what a client may do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "rpc/frame_watch.h"
#include "rpc/message_reader.h"
#include "rpc/outbox.h"
#include "skyden/rpc/call.h"

struct nghttp2_session;

namespace skyden::rpc {

class Http2Memory;

// What is told of one call. Called inside Session's functions: nothing of the session may be called
// from there.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void OnMessage(std::string bytes, bool compressed) = 0;
  virtual void OnPeerDone() = 0;
  virtual void OnSent(size_t bytes) = 0;  // of messages, through the client's window
  virtual void OnGone() = 0;              // last, once
};

struct SessionOptions {
  size_t message_bytes_max = 0;
  size_t calls_max = 0;  // open at a time, once trusted
};

// Thread-compatible.
class Session {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // A call whose head is fine. Never null; whoever wants it not finishes it afterwards.
    virtual std::shared_ptr<StreamEvents> OnCall(int32_t stream_id, CallHead head) = 0;
    // A stream was ended before its end; to be counted.
    enum class ResetBy { kClient, kServer };
    virtual void OnReset(ResetBy) {}
  };
  Session(SessionOptions options, Owner& owner, Http2Memory& memory);
  ~Session();  // every call gets its OnGone
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // False: the connection is over; what Collect still gives says why.
  bool Take(std::string_view bytes, absl::Duration now);
  // Adds what may be sent now to `out`, until that has `enough` bytes or a bit more.
  void Collect(size_t enough, Outbox& out);
  // Neither side has anything to say any more.
  bool done() const;

  // See Call. Nothing happens when the stream is gone.
  void Read(int32_t stream_id, size_t messages);
  void SetInitialMetadata(int32_t stream_id, Metadata metadata);
  void Send(int32_t stream_id, std::shared_ptr<Outgoing> message);
  void Finish(int32_t stream_id, const absl::Status& status, Metadata trailers);
  void Abort(int32_t stream_id, const absl::Status& status);

  void Trust();
  void Ping();
  void RefuseNewCalls();  // tells the client so
  // The last that is sent. `why` is for people.
  void GoAway(std::string_view why);
  void AbortAll(const absl::Status& status);
  // A client that reads too little for what it makes us say.
  bool OwesTooMuch() const;

  size_t calls() const { return streams_.size(); }
  bool trusted() const { return trusted_; }
  // Of messages that wait or have begun.
  size_t held_bytes() const { return held_; }
  // Why it was over for abuse; empty when it was not.
  std::string_view abuse() const { return abuse_; }

 private:
  friend struct SessionCallbacks;
  struct StreamHead;
  struct Stream;

  // session_head.cc: the client asks for a call.
  void BeginStream(int32_t stream_id);
  bool CountHeader(int32_t stream_id, size_t bytes);  // false: far too many
  void AddHeader(int32_t stream_id, std::string_view name, std::string_view value);
  void HeadComplete(int32_t stream_id);
  absl::Status CheckHead(const StreamHead& head) const;
  void RefuseHttp(Stream& stream, std::string_view http_status);

  // session_in.cc: what the client sends on it.
  void TakeData(int32_t stream_id, std::string_view bytes);
  void PeerDone(int32_t stream_id);
  void Pump(Stream& stream, std::string_view bytes);
  bool CanNeverCome(const Stream& stream) const;
  void UpdateBooks(Stream& stream);
  void Replenish(Stream& stream);
  void Fail(Stream& stream, const absl::Status& status);

  // session_out.cc: what is sent to it.
  void BeginAnswer(Stream& stream);
  void SubmitEnd(Stream& stream, const absl::Status& status, const Metadata& trailers);
  void DropOutput(Stream& stream);
  ptrdiff_t OfferData(int32_t stream_id, size_t length, uint32_t& flags);
  void SendData(int32_t stream_id, std::string_view frame_head, size_t length);
  void EndSent(int32_t stream_id);

  Stream* Find(int32_t stream_id) const;
  // Nothing more is told or taken of it, whatever nghttp2 still has to send.
  void Forget(int32_t stream_id);
  bool Over(std::string_view abuse);

  const SessionOptions options_;
  Owner& owner_;
  nghttp2_session* const http2_;
  const size_t strangers_calls_;
  FrameWatch watch_;
  absl::Duration now_;
  absl::flat_hash_map<int32_t, std::unique_ptr<Stream>> streams_;
  size_t held_ = 0;
  std::string_view abuse_;
  bool trusted_ = false;
  bool refusing_ = false;
  bool over_ = false;
  Outbox* out_ = nullptr;  // while collecting
  size_t enough_ = 0;
};

}  // namespace skyden::rpc
