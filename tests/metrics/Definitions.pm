package Definitions;
# docs/metrics.md a second time, in another language than the service's. Reads
# what the source sent and what people have mapped; knows nothing of the
# service's statements. Times are integers, microseconds since 1970.
use strict;
use warnings;
use Exporter 'import';
use List::Util qw(max min);
use Time::Local qw(timegm_modern);

our @EXPORT_OK = qw(stamp category order_lists work_out);

# A time as sources write it, or undef.
sub stamp {
	my ($text) = @_;
	return undef if !defined $text || ref $text;
	return $text * 1000 if $text =~ /^-?\d{10,15}$/;
	$text =~ /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)
		(?:\.(\d{1,6})\d*)?(Z|[-+]\d\d:?\d\d)?$/x or return undef;
	my ($fraction, $zone) = ($7 // '', $8 // 'Z');
	my $seconds = eval { timegm_modern($6, $5, $4, $3, $2 - 1, $1) };
	return undef if !defined $seconds;
	if ($zone =~ /^([-+])(\d\d):?(\d\d)$/) {
		my $offset = $2 * 3600 + $3 * 60;
		$seconds -= $1 eq '+' ? $offset : -$offset;
	}
	return $seconds * 1_000_000 + substr($fraction . '000000', 0, 6);
}

my %known = ('to do' => 'todo', new => 'todo', 'in progress' => 'progress',
	indeterminate => 'progress', done => 'done');

# The category of a status: todo, progress, done or '' for unknown.
sub category {
	my ($status) = @_;
	return '' if !defined $status;
	for my $name ($status->{mapped_category}, $status->{category}) {
		my $found = defined $name ? $known{lc $name} : undef;
		return $found if defined $found;
	}
	return '';
}

sub joins {
	my ($before, $after) = @_;
	my ($to, $from) = ($before->{to}, $after->{from});
	return defined $to && defined $from && $to eq $from;
}

# How often an entry goes on where the one before ended.
sub joints {
	my @list = grep { @{$_->{changes}} } @_;
	return scalar grep {
		joins($list[$_ - 1]{changes}[-1], $list[$_]{changes}[0])
	} 1 .. $#list;
}

# A list from its old end. Entries of one time go the way in which they join
# more often, else the list's.
sub oldest_first {
	my @list = @_;
	@list = reverse @list if $list[0]{at} > $list[-1]{at};
	my @sorted;
	while (@list) {
		my @group = shift @list;
		push @group, shift @list while @list && $list[0]{at} == $group[0]{at};
		my @back = reverse @group;
		push @sorted, joints(@back) > joints(@group) ? @back : @group;
	}
	return @sorted;
}

# All changes of an item from its source's lists, oldest first. A list has a
# start (or undef) and entries; an entry has id, at and changes. Lists come
# with the one that counts most last; whole ones say where an entry is.
sub order_lists {
	my @lists = @_;
	my (%entry, %place, %list_of);
	my $number = 0;
	for my $list (@lists) {
		my @entries = grep { defined $_->{at} } @{$list->{entries}};
		next if !@entries;
		@entries = oldest_first(@entries);
		$number++;
		for my $i (0 .. $#entries) {
			my $id = $entries[$i]{id};
			if (!$entry{$id} || $list->{replaces}) {
				$entry{$id} = $entries[$i];
			}
			# A longer list knows better where an entry is.
			next if $list_of{$id} && $list_of{$id}{size} > @entries;
			$list_of{$id} = {number => $number, size => scalar @entries,
				start => $list->{start}};
			$place{$id} = ($list->{start} // 0) + $i;
		}
	}
	my $comparable = sub {
		my ($one, $two) = map { $list_of{$_->{id}} } @_;
		return $one->{number} == $two->{number} ||
			defined $one->{start} && defined $two->{start};
	};
	my @sorted = sort {
		$a->{at} <=> $b->{at} ||
		($comparable->($a, $b) ? $place{$a->{id}} <=> $place{$b->{id}} : 0) ||
		length $a->{id} <=> length $b->{id} || $a->{id} cmp $b->{id}
	} values %entry;
	return @sorted;
}

# Times of entries into one category.
sub moments {
	my ($entries, $into) = @_;
	return map { $_->{at} } grep { $_->{into} eq $into } @$entries;
}

sub seconds {
	my ($from, $to) = @_;
	return defined $from && defined $to ? ($to - $from) / 1e6 : undef;
}

sub truth {
	return $_[0] ? 1 : 0;
}

# The metrics of an item: created, resolved, status (now), is_complete and
# changes in order, each with at, from and to (statuses or undef) and told_from.
# Sets each change's start and seconds. A status has category, mapped_category,
# step and is_commitment.
sub work_out {
	my ($item) = @_;
	my @changes = @{$item->{changes}};
	my %metric = map { $_ => undef } qw(work_first_committed_at
		work_first_started_at work_last_started_at
		work_first_completed_at work_last_completed_at
		total_work_starts total_completions total_backlog_returns
		total_work_time_seconds total_review_time_seconds
		total_cycle_time_seconds total_lead_time_seconds
		workflow_complexity_score rework_indicator direct_completion);
	my $now = category($item->{status});
	$now = category($changes[-1]{to}) if $now eq '' && @changes;
	my $is_done = $now eq 'done';
	my $created = $item->{created};
	$created = $changes[0]{at} if defined $created && @changes &&
		$changes[0]{at} < $created;

	my $before = $created;
	for my $change (@changes) {
		$change->{start} = $before;
		$change->{seconds} = seconds($before, $change->{at});
		$before = $change->{at};
	}
	if (!$item->{is_complete}) {
		$metric{work_last_completed_at} = $item->{resolved} if $is_done;
		return \%metric;
	}

	my $from = @changes ? $changes[0]{from} : $item->{status};
	my @entries = ({at => $created, into => category($from),
		status => $from, is_creation => 1});
	my @visits = ({at => $created, status => $from});
	my $last = $from;
	for my $change (@changes) {
		my $left = $change->{told_from} ? $change->{from} : $last;
		my ($out, $in) = (category($left), category($change->{to}));
		$change->{left} = $left;
		push @visits, {at => $change->{at}, status => $change->{to}};
		push @entries, {at => $change->{at}, into => $in} if $in ne $out;
		$last = $change->{to};
	}
	@entries = grep { $_->{into} ne '' } @entries;
	my @starts = moments(\@entries, 'progress');
	my @ends = moments(\@entries, 'done');
	my @returns = moments([grep { !$_->{is_creation} } @entries], 'todo');
	my @work = grep { category($_->{left}) eq 'progress' } @changes;
	my @review = grep { ($_->{left}{step} // '') =~ /review/i } @work;

	$metric{total_work_starts} = @starts;
	$metric{total_completions} = @ends;
	$metric{total_backlog_returns} = @returns;
	$metric{work_first_started_at} = $starts[0];
	$metric{work_last_started_at} = $starts[-1] if @starts;
	$metric{work_first_completed_at} = $ends[0];
	$metric{work_last_completed_at} = $ends[-1] if @ends;
	$metric{total_work_time_seconds} = 0;
	$metric{total_work_time_seconds} += $_->{seconds} for @work;
	$metric{total_review_time_seconds} = 0;
	$metric{total_review_time_seconds} += $_->{seconds} for @review;

	my ($point) = grep { $_->{status} && $_->{status}{is_commitment} } @visits;
	my $start = $starts[0];
	my @committed = grep { defined $_ && (!@ends || $_ <= $ends[0]) }
		($point ? $point->{at} : undef, $start);
	$metric{work_first_committed_at} = @committed ? min(@committed) :
		@ends ? $created : undef;
	if ($is_done && @ends && $entries[-1]{into} eq 'done') {
		$metric{total_lead_time_seconds} = seconds(
			$metric{work_first_committed_at}, $ends[-1]);
		$metric{total_cycle_time_seconds} = seconds($start, $ends[-1]);
	}
	$metric{workflow_complexity_score} = 2 * @returns + max(0, @ends - 1);
	$metric{rework_indicator} = truth(@starts > 1);
	$metric{direct_completion} = truth(@ends == 1 && !@starts && !@returns);
	return \%metric;
}

1;
