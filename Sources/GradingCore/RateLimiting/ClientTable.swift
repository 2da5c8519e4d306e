/// The TATs (``GCRA``) of a bounded number of clients; every operation takes O(log n), whatever is thrown at it.
///
/// A binary min-heap by TAT, with an index by key. At its top is the entry that is cheapest to forget: when its TAT is
/// past, it says nothing any more; else its client is the nearest to a whole quota. So a flood of new clients pushes out
/// its own newcomers, and not the client that has used up its quota and would be given another by being forgotten.
struct ClientTable<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let key: Key
        var tat: Int64
    }

    private let capacity: Int
    private var heap: [Entry] = []
    private var positions: [Key: Int] = [:]

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { heap.count }

    func tat(of key: Key) -> Int64? {
        positions[key].map { heap[$0].tat }
    }

    /// Remembers a client's TAT, forgetting another client's when the table is full.
    mutating func set(_ tat: Int64, of key: Key) {
        if let position = positions[key] {
            guard heap[position].tat != tat else { return }
            heap[position].tat = tat
            siftDown(from: siftUp(from: position))
            return
        }
        if heap.count >= capacity { removeFirst() }
        heap.append(Entry(key: key, tat: tat))
        positions[key] = heap.count - 1
        siftUp(from: heap.count - 1)
    }

    /// Forgets up to two clients whose TAT is past: two for each that comes, so that the table shrinks after a flood
    /// without any one request paying for it.
    mutating func forgetPast(now: Int64) {
        for _ in 0..<2 {
            guard let first = heap.first, first.tat <= now else { return }
            removeFirst()
        }
    }

    private mutating func removeFirst() {
        swap(0, heap.count - 1)
        positions[heap.removeLast().key] = nil
        if !heap.isEmpty { siftDown(from: 0) }
    }

    @discardableResult
    private mutating func siftUp(from start: Int) -> Int {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].tat < heap[parent].tat else { break }
            swap(child, parent)
            child = parent
        }
        return child
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            let children = (2 * parent + 1)..<min(2 * parent + 3, max(heap.count, 2 * parent + 1))
            guard let least = children.min(by: { heap[$0].tat < heap[$1].tat }), heap[least].tat < heap[parent].tat
            else { return }
            swap(parent, least)
            parent = least
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        positions[heap[one].key] = one
        positions[heap[other].key] = other
    }
}
