package Source;
# What a source's answers say of issues: read with as little as possible of what
# the service does with them.
use strict;
use warnings;
use Exporter 'import';
use Definitions qw(stamp);
use JSON::PP ();

our @EXPORT_OK = qw(answers_of by_age id_of label member newest text);

sub text {
	my ($value) = @_;
	return undef if !defined $value;
	return JSON::PP::is_bool($value) ? ($value ? 'true' : 'false') : "$value";
}

# What is neither a string nor a number is no identifier.
sub id_of {
	my ($value) = @_;
	return defined $value && !ref $value && length $value ? "$value" : undef;
}

sub member {
	my ($value, @names) = @_;
	for my $name (@names) {
		return undef if ref $value ne 'HASH';
		$value = $value->{$name};
	}
	return $value;
}

sub is_status {
	my ($change) = @_;
	return 0 if ref $change ne 'HASH';
	return $change->{fieldId} eq 'status' if defined $change->{fieldId};
	return ($change->{field} // '') eq 'status' &&
		($change->{fieldtype} // '') ne 'custom';
}

sub changes_of {
	my ($history) = @_;
	my @changes;
	for my $change (grep { is_status($_) } @{$history->{items} // []}) {
		my ($from, $to) = map { id_of($_) } @$change{qw(from to)};
		push @changes, {external_id => id_of($history->{id}),
			number => @changes + 1, at => stamp($history->{created}),
			author => text(member($history, 'author', 'displayName')),
			from => $from, to => $to,
			from_name => $change->{fromString},
			to_name => $change->{toString}};
	}
	return @changes;
}

# An answer's list of a history, and how many entries there are in all.
sub list_of {
	my ($log) = @_;
	my $entries = $log->{histories} // $log->{values};
	return undef if ref $entries ne 'ARRAY';
	my @read = map {
		{id => id_of($_->{id}), at => stamp($_->{created}),
			changes => [changes_of($_)]}
	} grep { ref $_ eq 'HASH' } @$entries;
	return {entries => [grep { defined $_->{id} } @read],
		given => scalar @$entries, total => $log->{total},
		start => $log->{startAt}};
}

sub issues_of {
	my ($answer) = @_;
	return @$answer if ref $answer eq 'ARRAY';
	return @{$answer->{issues}} if ref $answer->{issues} eq 'ARRAY';
	return defined $answer->{id} && defined $answer->{key} ? ($answer) : ();
}

# An answer each for the issues of a batch that can be told apart.
sub answers_of {
	my ($raw, $batch) = @_;
	my ($place, @answers) = (0);
	for my $issue (issues_of($raw)) {
		$place++;
		my ($id, $key) = map { id_of($_) } @$issue{qw(id key)};
		next if !defined $id || !defined $key;
		push @answers, {id => $id, key => $key, batch => $batch,
			place => $place, fields => $issue->{fields} // {},
			updated => stamp(member($issue, 'fields', 'updated')),
			log => ref $issue->{changelog} eq 'HASH' ?
				list_of($issue->{changelog}) : undef,
			order => $issue->{tests_order}};
	}
	return @answers;
}

# Oldest first; an answer without an age is older than any.
sub by_age {
	return sort {
		($a->{updated} // -9e18) <=> ($b->{updated} // -9e18) ||
		$a->{batch} <=> $b->{batch} || $a->{place} <=> $b->{place}
	} @_;
}

# What the newest answer that names a member says.
sub newest {
	my ($answers, @path) = @_;
	my $last = pop @path;
	for my $answer (reverse @$answers) {
		my $holder = member($answer->{fields}, @path);
		$holder = $answer->{fields} if !@path;
		return $holder->{$last}
			if ref $holder eq 'HASH' && exists $holder->{$last};
		return undef if @path && exists $answer->{fields}{$path[0]};
	}
	return undef;
}

sub label {
	my ($value) = @_;
	return undef if ref $value ne 'ARRAY' || !@$value;
	return join ', ', map { text($_) } @$value;
}

1;
