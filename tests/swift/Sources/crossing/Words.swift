/// The same texts each time, and the same as the program of this name in Kotlin writes: words drawn by a linear
/// congruential generator (Numerical Recipes' constants).
struct Words {
    private static let all = """
        river morning walked slept badly quiet list garden tram full stayed breathed friend called answered late early \
        tired calm worry thought again small step home window rain light bread table letter mother child work meeting said \
        nothing something better worse week night dream remember forget begin end
        """.split(separator: " ")
    private var state: UInt32 = 1

    /// Two hundred words.
    mutating func text() -> String {
        (0..<200).map { _ in word() }.joined(separator: " ")
    }

    private mutating func word() -> Substring {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Self.all[Int(state >> 16) % Self.all.count]
    }
}
