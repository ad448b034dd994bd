package org.commonground.core

// Ids are opaque: keep them, compare them, hand them back. `value` is for what outlives a screen (a saved state, a route);
// a text that is no id of that kind is answered with CommonGroundException.Invalid by the call that gets it.

/** An appointment, or a weekly rhythm of them. */
@JvmInline
public value class AppointmentId(public val value: String) {
    override fun toString(): String = value
}

/** A photo, a recording or a file: the SHA-256 of its content, so that the same content has the same id. */
@JvmInline
public value class AttachmentId(public val value: String) {
    override fun toString(): String = value
}

/** A judgement on a goal's scale. */
@JvmInline
public value class AttainmentId(public val value: String) {
    override fun toString(): String = value
}

/** What a person is writing and has not saved as an entry yet. */
@JvmInline
public value class DraftId(public val value: String) {
    override fun toString(): String = value
}

/** A journal entry. */
@JvmInline
public value class EntryId(public val value: String) {
    override fun toString(): String = value
}

/** A goal of a plan. */
@JvmInline
public value class GoalId(public val value: String) {
    override fun toString(): String = value
}

/** One line in a task's log. */
@JvmInline
public value class LogId(public val value: String) {
    override fun toString(): String = value
}

/** An excerpt that was handed over, or a comment on one. */
@JvmInline
public value class ParcelId(public val value: String) {
    override fun toString(): String = value
}

/** A person. Random, made with the profile, and not a key: keys succeed one another, the id stays. */
@JvmInline
public value class PersonId(public val value: String) {
    override fun toString(): String = value
}

/** How far a plan had come when a screen showed it. An edit carries it, so that it is compared with what was seen. */
@JvmInline
public value class PlanVersion(public val value: String) {
    override fun toString(): String = value
}

/** What a person has looked at before they hand it over: the SHA-256 of what would go. */
@JvmInline
public value class PreviewDigest(public val value: String) {
    override fun toString(): String = value
}

/** A rating of a goal. */
@JvmInline
public value class RatingId(public val value: String) {
    override fun toString(): String = value
}

/** One client and one therapist who have paired. */
@JvmInline
public value class RelationshipId(public val value: String) {
    override fun toString(): String = value
}

/** A rule by which a person wants to be reminded. */
@JvmInline
public value class ReminderId(public val value: String) {
    override fun toString(): String = value
}

/** One saved version of a journal entry. */
@JvmInline
public value class RevisionId(public val value: String) {
    override fun toString(): String = value
}

/** A signed statement. */
@JvmInline
public value class StatementId(public val value: String) {
    override fun toString(): String = value
}

/** A graded step of a goal. */
@JvmInline
public value class StepId(public val value: String) {
    override fun toString(): String = value
}

/** A strategy that is tried for a goal. */
@JvmInline
public value class StrategyId(public val value: String) {
    override fun toString(): String = value
}

/** A task of a plan. */
@JvmInline
public value class TaskId(public val value: String) {
    override fun toString(): String = value
}

/** A coping tool that a person has collected. */
@JvmInline
public value class ToolId(public val value: String) {
    override fun toString(): String = value
}

/** One use of a coping tool. */
@JvmInline
public value class ToolUseId(public val value: String) {
    override fun toString(): String = value
}

/** A try of a graded step. */
@JvmInline
public value class TryId(public val value: String) {
    override fun toString(): String = value
}

/** The digest of one exact wording: what agreeing signs. */
@JvmInline
public value class WordingDigest(public val value: String) {
    override fun toString(): String = value
}
