#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace portcullis {

// What a line says. It is put into words by the thread that writes it, so that nobody else waits
// for that.
class LineText {
 public:
  LineText() = default;
  LineText(const LineText&) = delete;
  LineText& operator=(const LineText&) = delete;
  virtual ~LineText() = default;

  // Appends the words. May throw std::bad_alloc.
  virtual void write_to(std::string& line) const = 0;

  // True if the line needs nothing but itself to be put into words.
  virtual bool is_in_words() const { return false; }
};

// A line that is in words already.
class PlainText : public LineText {
 public:
  explicit PlainText(std::string text) : text_(std::move(text)) {}
  void write_to(std::string& line) const override { line += text_; }
  bool is_in_words() const override { return true; }

 private:
  const std::string text_;
};

// One line of the log, before it is formatted.
struct LogLine {
  std::chrono::system_clock::time_point time;
  int level = 0;  // as spdlog numbers them
  std::shared_ptr<const LineText> text;
};

// LineQueue hands lines from many threads to one of its own, which writes them. A writer pays for a
// lock: waking a thread for every line would cost a session more than its verdict.
//
// A line that comes alone is written at once. After a write the thread rests for kRest, and takes
// together what has come meanwhile; a queue that has filled by kBatch lines ends the rest. So
// nobody is woken while lines keep coming, no line waits longer than kRest for a thread that keeps
// up, and an idle queue does nothing at all. The rest is short, because what has come meanwhile is
// written in one go, and sessions wait for the processor as long (bench/NOTES.md, F1).
//
// Bounded: when kCapacity lines wait, the oldest is dropped for the new one, and counted. As many
// may be with the thread. Any thread may call any member.
class LineQueue {
 public:
  static constexpr std::size_t kCapacity = 4096;
  static constexpr std::size_t kBatch = kCapacity / 4;
  static constexpr std::chrono::milliseconds kRest{10};

  using Lines = std::deque<LogLine>;

  // `write` is called by the thread alone, with the lines in their order. Must not throw.
  explicit LineQueue(std::function<void(const Lines&)> write);
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;
  // Writes what is there, however long it takes.
  ~LineQueue();

  // Never waits for the thread. May throw std::bad_alloc; then the line is lost.
  void push(int level, std::shared_ptr<const LineText> text);

  // Puts into words what has waited for as long as `waited`. For when something that lines hold is
  // to go, such as a policy: a log that stands still must not keep one for every reload. The words
  // are made without the lock, so the caller may be slow. Lines that find no memory stay as they
  // are.
  void put_into_words(std::chrono::milliseconds waited) noexcept;

  // Waits until everything pushed so far has been written or dropped, at most for `patience`.
  void flush(std::chrono::milliseconds patience);

  std::uint64_t dropped() const;

 private:
  enum class Thread { waiting, resting, writing };

  void run();
  // A line that waits, by its number among all that were pushed.
  struct Waiting {
    std::uint64_t number = 0;
    std::shared_ptr<const LineText> text;
  };
  std::optional<Waiting> first_without_words(std::uint64_t from,
                                             std::chrono::system_clock::time_point until);
  void put_in_place(const Waiting& line);
  void write_waiting(std::unique_lock<std::mutex>& lock, Lines& batch);

  const std::function<void(const Lines&)> write_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the thread
  std::condition_variable written_;  // for flush()
  // Guarded by mutex_.
  Lines waiting_;
  Thread doing_ = Thread::waiting;
  bool in_haste_ = false;  // somebody waits in flush()
  bool ending_ = false;
  std::uint64_t pushed_ = 0;
  std::uint64_t done_ = 0;  // written or dropped
  std::uint64_t dropped_ = 0;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace portcullis
